// SPDX-License-Identifier: Apache-2.0
package import FoundationEssentials
package import Storage
import TLS

/// What is still to be delivered to webhooks, and what was.
extension Registry {
    /// Files the next events of the log that a webhook wants as pending. `scanned` is how far the log was
    /// looked at for it already, where nothing was wanted; answers how far it is now, nil at the end of
    /// the log or where too much is pending.
    ///
    /// A webhook that is so far behind that the log has lost events for it goes on with what there is,
    /// and `webhook.fell_behind` says so: once, until it has caught up.
    package func takeIn(
        for webhook: Webhook, telling kinds: Set<Event.Kind>, after scanned: EventNumber?
    ) async throws -> EventNumber? {
        let state: DeliveryState? = try await value(at: .deliveryState(webhook.number))
        guard let state, state.pending < PendingDelivery.countMax else { return nil }
        let after = max(state.taken, scanned?.value ?? 0)
        let range = RecordRange(
            prefix: RecordKey.logPrefix(webhook.account),
            after: EventNumber(after).map { .log(webhook.account, $0) })
        let limit = min(chunkMax, PendingDelivery.countMax - state.pending)
        let found = try await store.records(in: range, limit: limit)
        let wanted = found.filter { record in
            let kind = Event.Kind(rawValue: String(decoding: record.value, as: UTF8.self))
            return kind.map { kinds.contains($0) } ?? false
        }
        var look = LogLook(
            wanted: wanted.compactMap { Int(lastPartOf: $0.key).flatMap { EventNumber($0) } },
            after: after, through: found.last.flatMap { Int(lastPartOf: $0.key) } ?? after,
            isAtEnd: found.count < limit)
        if let gone = try await lastGoneEvent(of: webhook.account), gone.value > after {
            look.gone = gone
            look.through = max(look.through, gone.value)
        }
        if !look.wanted.isEmpty || look.gone != nil || (look.isAtEnd && state.isBehind)
            || look.through - state.taken >= max(min(Self.lookMax, eventsMax / 4), 1)
        {
            let seen = look
            try await change(by: .edge(webhook.account, because: .bound)) { draft in
                try await draft.file(seen, for: webhook.number)
            }
        }
        return found.isEmpty ? nil : EventNumber(look.through)
    }

    /// Events that are looked at for a webhook in vain before it is noted how far: those are looked at
    /// again after a restart.
    private static var lookMax: Int { 4_096 }

    /// What a webhook has yet to take: the first `limit`, by when they are due.
    package func pendingDeliveries(
        of webhook: WebhookNumber, limit: Int
    ) async throws(StorageError) -> [PendingDelivery] {
        let range = RecordRange(prefix: "hook/pending/\(webhook.value.ordered)/")
        var deliveries: [PendingDelivery] = []
        for record in try await store.records(in: range, limit: limit) {
            deliveries.append(try record.decoded())
        }
        return deliveries
    }

    /// Takes down what came of one attempt. Answers the webhook as it is now, suppressed where too many
    /// deliveries in a row were given up; nil where it is gone.
    @discardableResult
    package func note(
        _ result: DeliveryResult, of delivery: PendingDelivery, at moment: Date
    ) async throws -> Webhook? {
        guard let webhook = try await webhook(delivery.webhook) else { return nil }
        let caller = Caller.edge(
            webhook.account, because: .bound, request: delivery.identifier)
        return try await change(by: caller) { draft in
            try await draft.note(result, of: delivery, at: moment)
        }
    }

    /// Has an event sent again; a webhook that was suppressed no longer is. Nil where one of them is not
    /// there for the caller.
    ///
    /// Throws `RegistryError.busy` where too many wait for that webhook.
    package func redeliver(
        _ number: EventNumber, to webhook: WebhookNumber, by caller: Caller
    ) async throws -> (webhook: Webhook, event: Event)? {
        guard let event = try await event(number), event.account == caller.account else {
            return nil
        }
        return try await change(by: caller) { draft in
            guard var webhook = try await draft.webhook(webhook),
                webhook.account == caller.account
            else { return nil }
            if webhook.suppressedAt != nil { webhook = draft.resume(webhook) }
            try await draft.fileAgain(number, for: webhook.number)
            draft.record(
                .webhookRedelivery, about: webhook.subject,
                data: ["webhook_id": JSONValue(webhook.number), "event_id": JSONValue(number)])
            return (webhook, event)
        }
    }

    /// Ends the suppression of a webhook: what waits for it is sent. Nil where it is not there for the
    /// caller.
    package func resume(
        _ number: WebhookNumber, by caller: Caller
    ) async throws -> Webhook? {
        try await change(by: caller) { draft in
            guard let webhook = try await draft.webhook(number),
                webhook.account == caller.account
            else { return nil }
            return webhook.suppressedAt == nil ? webhook : draft.resume(webhook)
        }
    }

    /// The attempts that a webhook has seen, newest first.
    package func deliveries(
        of webhook: WebhookNumber, _ page: PageRequest
    ) async throws(StorageError) -> Page<DeliveryAttempt> {
        let prefix = "hook/attempt/\(webhook.value.ordered)/"
        var range = RecordRange(prefix: prefix, order: .descending)
        if let after = page.after {
            guard let key = RecordCursor(after)?.key(under: prefix) else {
                return Page(elements: [], next: nil)
            }
            range.after = key
        }
        var result = Page<DeliveryAttempt>(elements: [], next: nil)
        let found = try await store.records(in: range, limit: page.limit)
        for record in found { result.elements.append(try record.decoded()) }
        if found.count == page.limit, let last = found.last {
            result.next = RecordCursor(rest: String(last.key.text.dropFirst(prefix.count))).text
        }
        return result
    }

    /// How far the deliveries to a webhook are behind.
    package func backlog(
        of webhook: WebhookNumber
    ) async throws(StorageError) -> DeliveryBacklog {
        let state: DeliveryState? = try await value(at: .deliveryState(webhook))
        var backlog = DeliveryBacklog()
        backlog.pending = state?.pending ?? 0
        backlog.abandoned = state?.abandoned ?? 0
        backlog.lostThrough = state?.lostThrough.flatMap { EventNumber($0) }
        return backlog
    }

    /// Drops what is kept of deliveries to webhooks that are gone.
    package func forgetDeliveriesOfGoneWebhooks() async throws {
        var range = RecordRange(prefix: "hook/state/")
        while let record = try await store.records(in: range, limit: 1).first {
            range.after = record.key
            guard let number = Int(lastPartOf: record.key).flatMap({ WebhookNumber($0) }),
                try await webhook(number) == nil
            else { continue }
            try await forgetDeliveries(of: number)
        }
    }

    private func forgetDeliveries(of webhook: WebhookNumber) async throws {
        let caller = Caller.edge(because: .bound)
        for part in ["pending", "attempt"] {
            let range = RecordRange(prefix: "hook/\(part)/\(webhook.value.ordered)/")
            while true {
                let found = try await store.records(in: range, limit: chunkMax)
                guard !found.isEmpty else { break }
                try await change(by: caller) { draft in
                    for record in found { draft.write(nil, at: record.key) }
                }
            }
        }
        try await change(by: caller) { $0.write(nil, at: .deliveryState(webhook)) }
    }
}
