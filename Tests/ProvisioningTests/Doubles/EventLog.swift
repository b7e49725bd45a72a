// SPDX-License-Identifier: Apache-2.0
import Provisioning
import Synchronization

/// Keeps what happened, for a test to look at.
final class EventLog: EventSink {
    private let events = Mutex<[ProvisioningEvent]>([])

    func record(_ event: ProvisioningEvent) {
        events.withLock { $0.append(event) }
    }

    var all: [ProvisioningEvent] { events.withLock { $0 } }

    /// The first word of each: `refused`, `provisioned`.
    var kinds: [String] { all.map { String("\($0)".prefix { $0 != "(" }) } }
}
