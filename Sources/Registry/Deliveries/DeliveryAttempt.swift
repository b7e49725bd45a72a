// SPDX-License-Identifier: Apache-2.0
package import FoundationEssentials

/// One try at telling a webhook of an event.
package struct DeliveryAttempt: Codable, Hashable, Sendable {
    /// Its place in the webhook's history.
    package let number: Int
    /// `PendingDelivery.identifier`
    package let delivery: String
    package let event: EventNumber
    /// Which try it was, from 1.
    package let attempt: Int
    package let outcome: Outcome
    /// The status that the receiver answered; nil: it did not get that far.
    package let status: Int?
    /// What went wrong.
    package let error: String?
    package let milliseconds: Int
    package let at: Date

    package enum Outcome: String, Codable, CaseIterable, Sendable {
        case delivered
        /// It is tried again.
        case failed
        /// It failed, and was the last try.
        case abandoned
        /// The event had left the log before it could be told.
        case lost
    }

    /// Attempts that are kept for one webhook, the oldest leaving.
    package static var countMax: Int { 100 }

    package var snapshot: JSONValue {
        [
            "id": .integer(number), "delivery_id": .string(delivery),
            "event_id": JSONValue(event), "attempt": .integer(attempt),
            "outcome": .string(outcome.rawValue), "status": status.map { .integer($0) } ?? .null,
            "error": JSONValue(error), "milliseconds": .integer(milliseconds),
            "at": JSONValue(at),
        ]
    }
}

/// What came of one try, for `Registry.note`.
package struct DeliveryResult: Hashable, Sendable {
    package let outcome: DeliveryAttempt.Outcome
    package let status: Int?
    package let error: String?
    package let milliseconds: Int
    /// Of one that `failed`: when it is tried again.
    package let retryAt: Date?

    package init(
        _ outcome: DeliveryAttempt.Outcome, status: Int? = nil, error: String? = nil,
        milliseconds: Int = 0, retryAt: Date? = nil
    ) {
        self.outcome = outcome
        self.status = status
        self.error = error
        self.milliseconds = milliseconds
        self.retryAt = retryAt
    }
}
