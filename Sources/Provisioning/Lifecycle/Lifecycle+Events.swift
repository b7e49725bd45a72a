// SPDX-License-Identifier: Apache-2.0
package import Registry
package import Storage
import TLS

/// Events and those who are told of them.
extension Lifecycle {
    /// Nil: the account has no such event, or no more.
    package func event(
        _ number: EventNumber, for caller: Caller
    ) async throws(LifecycleError) -> Event? {
        let event = try await read { () async throws(StorageError) in
            try await registry.event(number)
        }
        return event?.account == caller.account ? event : nil
    }

    /// The account's events after `after`, oldest first.
    package func events(
        _ filter: EventFilter, after: EventNumber?, limit: Int, for caller: Caller
    ) async throws(LifecycleError) -> Page<Event> {
        try await read { () async throws(StorageError) in
            try await registry.events(filter, of: caller.account, after: after, limit: limit)
        }
    }

    /// The last event of the account that has left the log; nil: the log has all. To be asked after the
    /// events themselves.
    package func lastGoneEvent(for caller: Caller) async throws(LifecycleError) -> EventNumber? {
        try await read { () async throws(StorageError) in
            try await registry.lastGoneEvent(of: caller.account)
        }
    }

    /// The oldest event of a poll queue that was not confirmed, and how many there are.
    package func queueHead(
        _ queue: QueueName, kinds: Set<Event.Kind> = [], for caller: Caller
    ) async throws(LifecycleError) -> QueueHead {
        try await read { () async throws(StorageError) in
            try await registry.queueHead(queue.text, of: caller.account, kinds: kinds)
        }
    }

    /// Confirms an event, so that the queue's next one is its head; one that was confirmed before stays
    /// so. `kinds` as `queueHead` was asked. Throws `.conflict` for one that is not its head.
    package func confirm(
        _ event: EventNumber, in queue: QueueName, kinds: Set<Event.Kind> = [],
        by caller: Caller
    ) async throws(LifecycleError) {
        let isConfirmed: Bool
        do {
            isConfirmed = try await registry.confirm(
                event, in: queue.text, kinds: kinds, by: caller)
        } catch {
            throw LifecycleError(changing: error)
        }
        guard isConfirmed else {
            throw .conflict("event \(event) is not the oldest that waits in \(queue.text)")
        }
    }

    // MARK: Webhooks

    /// Whether the target may be told anything is for the caller to know. `secret`: what bodies are
    /// signed with; nil: one that is made here.
    package func createWebhook(
        url: String, format: Webhook.Format = .native, types: [Event.Kind] = [],
        secret: String? = nil, clientReference: String? = nil, by caller: Caller
    ) async throws(LifecycleError) -> Webhook {
        guard (1...Webhook.urlBytesMax).contains(url.utf8.count) else {
            throw .invalid(field: "url", reason: "at most \(Webhook.urlBytesMax) bytes")
        }
        if let secret, !Self.secretBytesRange.contains(secret.utf8.count) {
            let range = Self.secretBytesRange
            throw .invalid(
                field: "secret", reason: "\(range.lowerBound) to \(range.upperBound) bytes")
        }
        let secret = secret ?? Base64URL.encode(Digest.randomBytes(Self.secretBytes))
        return try await change(by: caller) { change in
            let number: WebhookNumber = try await change.nextNumber()
            var webhook = Webhook(
                number: number, account: caller.account, url: url, format: format,
                secret: secret, at: change.now)
            webhook.types = types
            webhook.clientReference = clientReference
            webhook = change.put(webhook)
            change.record(.webhookCreated, about: webhook)
            return webhook
        }
    }

    package func webhook(
        _ number: WebhookNumber, for caller: Caller
    ) async throws(LifecycleError) -> Webhook {
        try await read { () async throws(StorageError) in
            try await registry.webhook(number)
        }.owned(by: caller, as: "\(number)")
    }

    package func webhooks(
        _ page: PageRequest, for caller: Caller
    ) async throws(LifecycleError) -> Page<Webhook> {
        try await webhooks(WebhookFilter(), page, for: caller)
    }

    package func webhooks(
        _ filter: WebhookFilter, _ page: PageRequest, for caller: Caller
    ) async throws(LifecycleError) -> Page<Webhook> {
        try await read { () async throws(StorageError) in
            try await registry.webhooks(filter, of: caller.account, page)
        }
    }

    /// The same by numbered pages, the first one being 0.
    package func webhooks(
        _ filter: WebhookFilter = WebhookFilter(), page: Int, size: Int,
        order: RecordRange.Order = .ascending, for caller: Caller
    ) async throws(LifecycleError) -> NumberedPage<Webhook> {
        try await readNumbered {
            try await registry.webhooks(
                filter, of: caller.account, page: page, size: size, order: order)
        }
    }

    package func deleteWebhook(
        _ number: WebhookNumber, by caller: Caller
    ) async throws(LifecycleError) {
        try await change(by: caller) { change in
            let webhook = try await change.webhook(number).owned(by: caller, as: "\(number)")
            change.remove(webhook)
            change.record(.webhookDeleted, about: webhook)
        }
    }

    /// Has an event sent to a webhook once more; one that was suppressed no longer is.
    package func redeliver(
        _ event: EventNumber, to number: WebhookNumber, by caller: Caller
    ) async throws(LifecycleError) -> (webhook: Webhook, event: Event) {
        guard try await self.event(event, for: caller) != nil else {
            throw .invalid(
                field: "event_id", reason: "there is no event \(event.identifier), or no more")
        }
        let sent: (webhook: Webhook, event: Event)?
        do {
            sent = try await registry.redeliver(event, to: number, by: caller)
        } catch RegistryError.busy {
            throw .rateLimited("too many events wait for this webhook", retryAfter: nil)
        } catch {
            throw .unavailable("\(error)")
        }
        guard let sent else { throw .notFound(.webhook, "\(number)") }
        return sent
    }

    /// Has a webhook that was suppressed told again, beginning with what waits for it.
    package func resumeWebhook(
        _ number: WebhookNumber, by caller: Caller
    ) async throws(LifecycleError) -> Webhook {
        let resumed: Webhook?
        do { resumed = try await registry.resume(number, by: caller) } catch {
            throw .unavailable("\(error)")
        }
        guard let resumed else { throw .notFound(.webhook, "\(number)") }
        return resumed
    }

    /// How far the deliveries to a webhook are behind.
    package func backlog(
        of number: WebhookNumber, for caller: Caller
    ) async throws(LifecycleError) -> DeliveryBacklog {
        _ = try await webhook(number, for: caller)
        return try await read { () async throws(StorageError) in
            try await registry.backlog(of: number)
        }
    }

    /// What was tried for a webhook of late, newest first.
    package func deliveries(
        of number: WebhookNumber, _ page: PageRequest, for caller: Caller
    ) async throws(LifecycleError) -> Page<DeliveryAttempt> {
        _ = try await webhook(number, for: caller)
        return try await read { () async throws(StorageError) in
            try await registry.deliveries(of: number, page)
        }
    }

    /// Webhooks of one account.
    /// Of a secret that a client brings.
    package static var secretBytesRange: ClosedRange<Int> { 16...256 }
    private static var secretBytes: Int { 32 }
}
