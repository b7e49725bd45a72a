// SPDX-License-Identifier: Apache-2.0
import Networking

/// New names a minute: a token bucket that holds a minute's worth and fills evenly.
struct NewNameBudget {
    private let perMinute: Int
    private var tokens: Double
    private var filled: Instant

    init(perMinute: Int, now: Instant) {
        self.perMinute = perMinute
        tokens = Double(perMinute)
        filled = now
    }

    /// Takes one; throws when there is none.
    mutating func take(at now: Instant) throws(Overload) {
        let seconds = Double(now.nanoseconds &- filled.nanoseconds) / 1e9
        if now > filled {
            tokens = min(Double(perMinute), tokens + seconds * Double(perMinute) / 60)
            filled = now
        }
        guard tokens >= 1 else { throw .newNamesPerMinute(perMinute) }
        tokens -= 1
    }
}
