// SPDX-License-Identifier: Apache-2.0
package import FoundationEssentials
package import Registry

/// How events are told to webhooks of one `Webhook.Format`: a dialect's words.
package protocol WebhookFormat: Sendable {
    var format: Webhook.Format { get }

    /// The events that it has words for; others are not sent.
    var kinds: Set<Event.Kind> { get }

    /// What is sent; nil where there is nothing to say after all, and the event counts as delivered.
    ///
    /// Asked for each attempt anew. `registry` answers what the event's own data leaves out.
    func message(
        for delivery: WebhookDelivery, from registry: Registry
    ) async throws -> WebhookMessage?

    /// Whether a receiver that answers so has taken the event.
    func isAcknowledgement(_ status: Int) -> Bool
}

/// One attempt to tell a webhook of an event.
package struct WebhookDelivery: Sendable {
    package let event: Event
    package let webhook: Webhook
    /// The same for every attempt of this delivery.
    package let identifier: String
    /// From 1.
    package let attempt: Int
    package let now: Date

    package init(
        event: Event, webhook: Webhook, identifier: String, attempt: Int, now: Date
    ) {
        self.event = event
        self.webhook = webhook
        self.identifier = identifier
        self.attempt = attempt
        self.now = now
    }
}

/// The body of a POST to a webhook, and its fields beside `Nameplate-Event`, `Nameplate-Delivery` and
/// `Nameplate-Signature`, which are on every one.
package struct WebhookMessage: Sendable {
    /// `User-Agent` may be among them.
    package var fields: [(name: String, value: String)]
    package var body: [UInt8]

    package init(fields: [(name: String, value: String)] = [], json: JSONValue) {
        self.fields = [("Content-Type", "application/json")] + fields
        body = json.text
    }
}
