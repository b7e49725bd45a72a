// SPDX-License-Identifier: Apache-2.0
import Storage

extension RegistryDraft {
    /// Writes what follows from what was put: indexes, how many objects there are, where the deliveries of
    /// a new webhook begin, events, what a request that may come again has made.
    ///
    /// Throws `RegistryError.taken`, `.full` and `.repeated`, `StorageError`.
    func finish() async throws {
        try await writeEntries()
        try await countObjects()
        for webhook in newWebhooks {
            let last: Int = try await value(at: .lastEvent) ?? 0
            write(DeliveryState(taken: last).recordValue, at: .deliveryState(webhook))
        }
        try await appendEvents()
        if !transaction.writes.isEmpty { try await rememberRequest() }
    }

    /// What goes, goes first: one object may take what another one leaves.
    private func writeEntries() async throws {
        for (key, fresh) in entries {
            let kept = Set(fresh)
            for entry in originals[key]?.entries ?? [] where !kept.contains(entry) {
                write(nil, at: entry.key)
            }
        }
        for (key, fresh) in entries {
            let known = Set(originals[key]?.entries ?? [])
            for entry in fresh where !known.contains(entry) {
                if entry.isUnique, try await bytes(at: entry.key) != nil {
                    throw RegistryError.taken(entry.key.text)
                }
                write(entry.value, at: entry.key)
            }
        }
    }

    /// The log has no gap and no number twice: the number given last is read and written by the commit
    /// that writes the events.
    private func appendEvents() async throws(StorageError) {
        guard !events.isEmpty else { return }
        var last: Int = try await value(at: .lastEvent) ?? 0
        for pending in events {
            last += 1
            guard let number = EventNumber(last) else {
                throw .damaged(path: RecordKey.lastEvent.text, "no number is left")
            }
            let event = Event(
                number: number, kind: pending.kind, account: caller.account,
                subject: pending.subject, cause: pending.cause, actor: caller.actor,
                requestID: caller.requestID, data: pending.data, at: now)
            write(event.recordValue, at: .event(number))
            write(Array(event.kind.rawValue.utf8), at: .log(event.account, number))
        }
        write(last.recordValue, at: .lastEvent)
        lastEvent = last
    }
}
