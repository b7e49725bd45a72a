// SPDX-License-Identifier: Apache-2.0
package import Registry

/// Our own format: the event as `GET /edge/v1/events` shows it. Every 2xx acknowledges.
package struct NativeWebhookFormat: WebhookFormat {
    package init() {}

    package var format: Webhook.Format { .native }
    package var kinds: Set<Event.Kind> { Set(Event.Kind.allCases) }

    package func message(
        for delivery: WebhookDelivery, from registry: Registry
    ) -> WebhookMessage? {
        WebhookMessage(json: delivery.event.snapshot)
    }

    package func isAcknowledgement(_ status: Int) -> Bool { (200...299).contains(status) }
}
