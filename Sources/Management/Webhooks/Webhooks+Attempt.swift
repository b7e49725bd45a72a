// SPDX-License-Identifier: Apache-2.0
import FoundationEssentials
import HTTP
import Networking
import Registry

extension Webhooks {
    /// Tells a webhook of an event, once. Throws when the registry cannot be read, and when cancelled.
    func outcome(
        of delivery: PendingDelivery, to webhook: Webhook, at url: HTTPURL?,
        _ format: any WebhookFormat
    ) async throws -> DeliveryResult {
        guard let url else {
            return DeliveryResult(.abandoned, error: "its URL cannot be read")
        }
        guard let event = try await registry.event(delivery.event) else {
            return DeliveryResult(.lost, error: "the event has left the log")
        }
        let now = clock()
        let spoken = WebhookDelivery(
            event: event, webhook: webhook, identifier: delivery.identifier,
            attempt: delivery.attempts + 1, now: now)
        guard var message = try await format.message(for: spoken, from: registry) else {
            return DeliveryResult(.delivered)
        }
        message.fields += [
            ("Nameplate-Event", event.number.identifier),
            ("Nameplate-Delivery", delivery.identifier),
            (
                WebhookSignature.fieldName,
                WebhookSignature.field(message.body, secret: webhook.secret, at: now)
            ),
        ]

        let begun = Instant.now
        var status: Int?
        var failure: String?
        do throws(HTTPClientError) {
            let answered = try await sender.post(message, to: url, deadline: deadline)
            status = answered
            if !format.isAcknowledgement(answered) { failure = "it answered \(answered)" }
        } catch {
            if Task.isCancelled { throw CancellationError() }
            failure = error.description
        }
        let took = begun.duration(to: .now)
        return result(
            of: delivery, status: status, failure: failure,
            milliseconds: Int(took.nanoseconds / 1_000_000))
    }

    private func result(
        of delivery: PendingDelivery, status: Int?, failure: String?, milliseconds: Int
    ) -> DeliveryResult {
        guard let failure else {
            return DeliveryResult(.delivered, status: status, milliseconds: milliseconds)
        }
        let retryAt = DeliverySchedule.retry(
            afterFailures: delivery.attempts + 1, at: clock())
        return DeliveryResult(
            retryAt == nil ? .abandoned : .failed, status: status, error: failure,
            milliseconds: milliseconds, retryAt: retryAt)
    }
}
