// SPDX-License-Identifier: Apache-2.0
import FoundationEssentials
import Synchronization

/// A wall clock that moves when it is told to.
final class Moment: Sendable {
    private let moment: Mutex<Date>

    init(_ moment: Date) {
        self.moment = Mutex(moment)
    }

    var now: Date {
        get { moment.withLock { $0 } }
        set { moment.withLock { $0 = newValue } }
    }
}
