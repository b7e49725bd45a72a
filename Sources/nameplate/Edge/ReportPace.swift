// SPDX-License-Identifier: Apache-2.0
import Synchronization

import Networking

/// Lets one report of many through, of any thread's.
struct ReportPace: ~Copyable {
    private let interval: Duration
    /// When the last one was let through, in nanoseconds of `Instant`; 0: none was.
    private let last = Atomic<UInt64>(0)

    init(interval: Duration) {
        self.interval = interval
    }

    /// Whether this one is to be made.
    func isDue() -> Bool {
        let now = Instant.now
        let last = last.load(ordering: .relaxed)
        guard last == 0 || Instant(nanoseconds: last) + interval <= now else { return false }
        return self.last.compareExchange(
            expected: last, desired: now.nanoseconds, ordering: .relaxed
        ).exchanged
    }
}
