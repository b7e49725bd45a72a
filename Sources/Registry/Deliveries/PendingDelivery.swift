// SPDX-License-Identifier: Apache-2.0
package import FoundationEssentials
import Storage

/// An event that a webhook has yet to take. It is kept until it was taken or given up, so that no crash
/// loses it.
package struct PendingDelivery: Codable, Hashable, Sendable {
    package let webhook: WebhookNumber
    package let event: EventNumber
    /// The same for every attempt: by it receivers know what they have seen before.
    package let identifier: String
    /// Attempts that failed.
    package var attempts = 0
    /// Not before.
    package var dueAt: Date

    /// Events that wait for one webhook; those behind them stay in the log until there is room.
    package static var countMax: Int { 1_000 }
    /// Redeliveries that may be asked for beyond that.
    package static var redeliveriesMax: Int { 100 }

    package init(webhook: WebhookNumber, event: EventNumber, identifier: String, dueAt: Date) {
        self.webhook = webhook
        self.event = event
        self.identifier = identifier
        self.dueAt = dueAt
    }
}

/// How far the deliveries to one webhook have come.
struct DeliveryState: Codable {
    /// The last event of the log that was looked at for it.
    var taken: Int
    var pending = 0
    /// The number of the last attempt in its history.
    var lastAttempt = 0
    /// Events that were given up.
    var abandoned = 0
    /// Events through this one have left the log before all were told.
    var lostThrough: Int?
    /// Such a loss was told, and the end of the log not reached since.
    var isBehind = false
}

/// How far the deliveries to a webhook are behind.
package struct DeliveryBacklog: Hashable, Sendable {
    /// Events that wait to be told.
    package var pending = 0
    /// Events that were given up since the webhook was made.
    package var abandoned = 0
    /// Events through this one have left the log before all were told; nil: none.
    package var lostThrough: EventNumber?

    package var snapshot: JSONValue {
        [
            "waiting": .integer(pending), "given_up": .integer(abandoned),
            "lost_through": JSONValue(lostThrough),
        ]
    }
}

extension RecordKey {
    static func deliveryState(_ webhook: WebhookNumber) -> RecordKey {
        RecordKey(path: "hook", "state", webhook.value.ordered)
    }

    /// By the second in which it is due.
    static func pending(_ delivery: PendingDelivery) -> RecordKey {
        RecordKey(
            path: "hook", "pending", delivery.webhook.value.ordered, delivery.dueAt.ordered,
            delivery.event.value.ordered)
    }

    static func deliveryAttempt(_ webhook: WebhookNumber, _ number: Int) -> RecordKey {
        RecordKey(path: "hook", "attempt", webhook.value.ordered, number.ordered)
    }
}
