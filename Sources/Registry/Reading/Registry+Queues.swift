// SPDX-License-Identifier: Apache-2.0
package import Storage

/// What a poll queue shows.
package struct QueueHead: Hashable, Sendable {
    /// The oldest event that is not confirmed.
    package var event: Event?
    /// How many there are, `event` among them: up to `Registry.waitingCountMax`.
    package var waiting = 0
    /// Events through this one have left the log, and were not all confirmed, whatever their kinds; nil:
    /// none. So until an event behind it is confirmed.
    package var lostThrough: EventNumber?
}

/// Poll queues: an account's events of some kinds, each kept at the head until it is confirmed.
extension Registry {
    /// The oldest event that is not confirmed, and how many are waiting. Empty `kinds` are all but the
    /// queues' own confirmations.
    package func queueHead(
        _ queue: String, of account: String, kinds: Set<Event.Kind> = []
    ) async throws(StorageError) -> QueueHead {
        let confirmed: Int? = try await value(at: .queue(queue, of: account))
        let waiting = try await waiting(
            after: confirmed, of: account, kinds: kinds, max: Self.waitingCountMax)
        var head = QueueHead()
        if let number = waiting.head {
            head.event = try await event(number)
            head.waiting = waiting.count
        }
        if let gone = try await lastGoneEvent(of: account), gone.value > confirmed ?? 0 {
            head.lostThrough = gone
        }
        return head
    }

    /// Confirms the event at the head of a queue of these `kinds`: it is not shown again. Answers whether it is confirmed: now, or
    /// since before; false for one that is not at the head, or not there.
    package func confirm(
        _ number: EventNumber, in queue: String, kinds: Set<Event.Kind> = [], by caller: Caller
    ) async throws -> Bool {
        let key = RecordKey.queue(queue, of: caller.account)
        guard let event = try await event(number), event.account == caller.account else {
            return false
        }
        let registry = self
        return try await change(by: caller) { draft in
            let confirmed: Int = try await draft.value(at: key) ?? 0
            guard number.value > confirmed else { return true }
            let head = try await registry.waiting(
                after: confirmed, of: caller.account, kinds: kinds, max: 1
            ).head
            guard head == number else { return false }
            draft.write(number.value.recordValue, at: key)
            draft.record(
                .queueConfirmed, about: Event.Subject(.queue, 0, queue),
                data: ["queue": .string(queue), "event_id": .string(number.identifier)])
            return true
        }
    }

    /// Events that `queueHead` counts.
    package static var waitingCountMax: Int { 1_000 }

    private func waiting(
        after confirmed: Int?, of account: String, kinds: Set<Event.Kind>, max: Int
    ) async throws(StorageError) -> (head: EventNumber?, count: Int) {
        var kinds = kinds
        if kinds.isEmpty { kinds = Set(Event.Kind.allCases).subtracting([.queueConfirmed]) }
        var range = RecordRange(
            prefix: RecordKey.logPrefix(account),
            after: confirmed.flatMap { EventNumber($0) }.map { .log(account, $0) })
        var head: EventNumber?
        var count = 0
        while count < max {
            let found = try await store.records(in: range, limit: chunkMax)
            for record in found where count < max {
                let kind = Event.Kind(rawValue: String(decoding: record.value, as: UTF8.self))
                guard let kind, kinds.contains(kind) else { continue }
                head = head ?? Int(lastPartOf: record.key).flatMap { EventNumber($0) }
                count += 1
            }
            guard found.count == chunkMax, let last = found.last?.key else { break }
            range.after = last
        }
        return (head, count)
    }
}
