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
        let gone = try await lastGoneEvent(of: account)
        let waiting = try await waiting(
            in: queue, of: account, kinds: kinds, after: max(confirmed ?? 0, gone?.value ?? 0))
        var head = QueueHead()
        if let number = waiting.first.flatMap({ EventNumber(Int($0)) }) {
            head.event = try await event(number)
            head.waiting = waiting.count
        }
        if let gone, gone.value > confirmed ?? 0 { head.lostThrough = gone }
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
            let known: Int? = try await draft.value(at: key)
            let confirmed = known ?? 0
            guard number.value > confirmed else { return true }
            let gone = try await registry.lastGoneEvent(of: caller.account)?.value ?? 0
            let head = try await registry.waiting(
                in: queue, of: caller.account, kinds: kinds, after: max(confirmed, gone)
            ).first
            guard head.map(Int.init) == number.value else { return false }
            if known == nil { try await draft.countQueue() }
            draft.write(number.value.recordValue, at: key)
            draft.record(
                .queueConfirmed, about: Event.Subject(.queue, 0, queue),
                data: ["queue": .string(queue), "event_id": .string(number.identifier)])
            return true
        }
    }

    /// Events that `queueHead` counts.
    package static var waitingCountMax: Int { 1_000 }

    /// The oldest events that wait behind `first`: at most `waitingCountMax`.
    private func waiting(
        in queue: String, of account: String, kinds: Set<Event.Kind>, after first: Int
    ) async throws(StorageError) -> [Int32] {
        let key = QueueLooks.Key(queue: queue, account: account, kinds: kinds)
        var look = looks[key] ?? QueueLook(after: first)
        look.drop(through: first)
        var kinds = kinds
        if kinds.isEmpty { kinds = Set(Event.Kind.allCases).subtracting([.queueConfirmed]) }
        var range = RecordRange(prefix: RecordKey.logPrefix(account))
        while !look.isFull {
            range.after = EventNumber(look.through).map { .log(account, $0) }
            let found = try await store.records(in: range, limit: Self.lookMax)
            for record in found where !look.isFull {
                guard let number = Int(lastPartOf: record.key) else { continue }
                let kind = Event.Kind(rawValue: String(decoding: record.value, as: UTF8.self))
                look.see(number, isWanted: kind.map { kinds.contains($0) } ?? false)
            }
            guard found.count == Self.lookMax else { break }
        }
        looks.remember(look, of: key)
        return look.waiting
    }

    /// Records of the log, a number and a word each, that are in memory at a time.
    private static var lookMax: Int { 1_024 }
}
