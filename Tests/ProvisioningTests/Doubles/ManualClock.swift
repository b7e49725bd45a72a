// SPDX-License-Identifier: Apache-2.0
import FoundationEssentials
import Synchronization

/// A wall clock that moves when it is told to.
final class ManualClock: Sendable {
    private let moment: Mutex<Date>

    /// Whole seconds, as certificates have them.
    init(_ moment: Date = Date(timeIntervalSince1970: Date().timeIntervalSince1970.rounded(.down)))
    {
        self.moment = Mutex(moment)
    }

    var now: Date { moment.withLock { $0 } }

    func advance(by duration: Duration) {
        moment.withLock { $0.addTimeInterval(Double(duration.components.seconds)) }
    }
}
