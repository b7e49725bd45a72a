// SPDX-License-Identifier: Apache-2.0
import FoundationEssentials
import Storage
import TLS

/// What was found in an account's log for a webhook.
struct LogLook {
    /// In their order.
    let wanted: [EventNumber]
    /// It was looked for behind this one, 0 being the beginning.
    let after: Int
    /// Everything through this one was looked at.
    var through: Int
    let isAtEnd: Bool
    /// What is behind `after` has left the log through this one.
    var gone: EventNumber?
}

extension RegistryDraft {
    /// Makes the events that were found for a webhook wait for it, and notes how far the log was looked
    /// at, and what it has lost.
    func file(_ look: LogLook, for number: WebhookNumber) async throws(StorageError) {
        guard var state = try await deliveryState(number), let webhook = try await webhook(number)
        else { return }
        for event in look.wanted where event.value > state.taken {
            if try await wait(event, for: number) { state.pending += 1 }
        }
        if let gone = look.gone, gone.value > state.taken {
            if !state.isBehind {
                record(
                    .webhookFellBehind, about: webhook.subject,
                    data: [
                        "webhook_id": JSONValue(number),
                        "lost_after": JSONValue(EventNumber(look.after)),
                        "lost_through": JSONValue(gone),
                    ])
            }
            state.lostThrough = max(state.lostThrough ?? 0, gone.value)
            state.isBehind = true
        } else if look.isAtEnd {
            state.isBehind = false
        }
        state.taken = max(state.taken, look.through)
        write(state.recordValue, at: .deliveryState(number))
    }

    /// Makes one event wait, whether it was delivered before or not.
    func fileAgain(_ event: EventNumber, for webhook: WebhookNumber) async throws {
        guard var state = try await deliveryState(webhook) else { return }
        guard state.pending < PendingDelivery.countMax + PendingDelivery.redeliveriesMax else {
            throw RegistryError.busy
        }
        if try await wait(event, for: webhook) { state.pending += 1 }
        write(state.recordValue, at: .deliveryState(webhook))
    }

    /// Answers whether it did not wait already.
    private func wait(
        _ event: EventNumber, for webhook: WebhookNumber
    ) async throws(StorageError) -> Bool {
        let delivery = PendingDelivery(
            webhook: webhook, event: event,
            identifier: "dlv_" + Digest.hexadecimal(Digest.randomBytes(12)), dueAt: now)
        let isNew = try await bytes(at: .pending(delivery)) == nil
        write(delivery.recordValue, at: .pending(delivery))
        return isNew
    }

    func note(
        _ result: DeliveryResult, of delivery: PendingDelivery, at moment: Date
    ) async throws(StorageError) -> Webhook? {
        guard var state = try await deliveryState(delivery.webhook),
            let webhook = try await webhook(delivery.webhook)
        else { return nil }
        state.lastAttempt += 1
        let attempt = DeliveryAttempt(
            number: state.lastAttempt, delivery: delivery.identifier, event: delivery.event,
            attempt: delivery.attempts + 1, outcome: result.outcome, status: result.status,
            error: result.error, milliseconds: result.milliseconds, at: moment)
        write(attempt.recordValue, at: .deliveryAttempt(delivery.webhook, attempt.number))
        let oldest = attempt.number - DeliveryAttempt.countMax
        if oldest > 0 { write(nil, at: .deliveryAttempt(delivery.webhook, oldest)) }
        switch result.outcome {
        case .delivered, .failed: break
        case .abandoned: state.abandoned += 1
        case .lost: state.lostThrough = max(state.lostThrough ?? 0, delivery.event.value)
        }

        let waiting: PendingDelivery? = try await value(at: .pending(delivery))
        // One that was asked for again in the same second has another identifier, and goes on.
        if let waiting, waiting.identifier == delivery.identifier {
            write(nil, at: .pending(delivery))
            state.pending -= 1
            if let retryAt = result.retryAt, result.outcome == .failed {
                var retried = waiting
                retried.attempts += 1
                retried.dueAt = retryAt
                write(retried.recordValue, at: .pending(retried))
                state.pending += 1
            }
        }
        write(state.recordValue, at: .deliveryState(delivery.webhook))
        return count(result.outcome, of: webhook)
    }

    /// Deliveries that are given up in a row suppress the webhook.
    private func count(_ outcome: DeliveryAttempt.Outcome, of webhook: Webhook) -> Webhook {
        var webhook = webhook
        switch outcome {
        // The receiver is not to blame for what was lost.
        case .failed, .lost: return webhook
        case .delivered where webhook.failuresInARow == 0: return webhook
        case .delivered: webhook.failuresInARow = 0
        case .abandoned: webhook.failuresInARow += 1
        }
        let isSuppressed =
            webhook.failuresInARow >= Webhook.failuresMax && webhook.suppressedAt == nil
        if isSuppressed { webhook.suppressedAt = now }
        webhook = put(webhook)
        if isSuppressed { record(.webhookSuppressed, about: webhook) }
        return webhook
    }

    func resume(_ webhook: Webhook) -> Webhook {
        var webhook = webhook
        webhook.suppressedAt = nil
        webhook.failuresInARow = 0
        webhook = put(webhook)
        record(.webhookResumed, about: webhook)
        return webhook
    }

    private func deliveryState(
        _ webhook: WebhookNumber
    ) async throws(StorageError) -> DeliveryState? {
        try await value(at: .deliveryState(webhook))
    }
}
