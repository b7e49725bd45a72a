// SPDX-License-Identifier: Apache-2.0
package import FoundationEssentials
import Synchronization

/// A wall clock that moves when it is told to.
package final class Moment: Sendable {
    private let moment: Mutex<Date>

    package init(_ moment: Date) {
        self.moment = Mutex(moment)
    }

    package var now: Date {
        get { moment.withLock { $0 } }
        set { moment.withLock { $0 = newValue } }
    }
}
