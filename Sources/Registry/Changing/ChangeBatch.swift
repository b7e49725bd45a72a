// SPDX-License-Identifier: Apache-2.0
import Storage

/// Changes that share a commit. Each is run on a draft of its own, over what those before it have left:
/// they come out as if they had been committed one after another.
///
/// No caller is answered before the commit, also not one whose body threw: it may have seen what was not
/// written yet.
final class ChangeBatch {
    let store: any RecordStore
    /// What the changes rest on and what they write.
    private(set) var transaction = RecordTransaction()
    /// What they have read of the store, as it was then.
    private(set) var found: [RecordKey: Record?] = [:]

    private let eventsMax: Int
    /// Those that were run, and what gives their callers an answer.
    private var runs: [(change: PendingChange, answer: () -> Void)] = []
    private var bytes = 0
    /// Their events, and the number of the last one.
    private var events = (count: 0, last: 0)

    /// Bytes that changes write together. One that writes more is alone, and so is one with a value that
    /// is too large for the store: it fails alone.
    private static let bytesMax = Record.valueBytesMax

    init(of store: any RecordStore, eventsMax: Int) {
        self.store = store
        self.eventsMax = eventsMax
    }

    /// Changes that were run.
    var count: Int { runs.count }

    /// Half of what there is room for: the next change might be run in vain.
    var isFull: Bool {
        max(transaction.writes.count, transaction.expectations.count)
            >= RecordTransaction.writesMax / 2 || bytes >= Self.bytesMax / 2
    }

    // MARK: Changes

    /// Runs a change. False where it has no room beside those before it: nothing of it is left here.
    func run(_ change: PendingChange, on draft: RegistryDraft) async -> Bool {
        do {
            let answer = try await change.run(draft)
            try await draft.finish()
            let writes = draft.transaction.writes.count
            guard writes <= RecordTransaction.writesMax else {
                throw RegistryError.tooLarge(writes: writes)
            }
            guard runs.isEmpty || hasRoom(for: draft.transaction) else { return false }
            take(draft)
            runs.append((change, answer))
        } catch {
            runs.append((change, { change.fail(error) }))
        }
        return true
    }

    /// Stores may bound what a transaction compares as they do what it writes: etcd does.
    private func hasRoom(for more: RecordTransaction) -> Bool {
        let writes = transaction.writes.count + more.writes.count
        let expectations = transaction.expectations.count + more.expectations.count
        return max(writes, expectations) <= RecordTransaction.writesMax
            && bytes + more.bytes <= Self.bytesMax
    }

    private func take(_ draft: RegistryDraft) {
        // What a draft has read of the store no change before it had read or written.
        transaction.expectations.merge(draft.transaction.expectations) { first, _ in first }
        found.merge(draft.found) { first, _ in first }
        transaction.writes.merge(draft.transaction.writes) { _, last in last }
        bytes += draft.transaction.bytes
        events.count += draft.events.count
        events.last = max(events.last, draft.lastEvent)
    }

    // MARK: The commit

    /// Writes it all, if what it rests on is still so, and answers the callers. Returns the changes that
    /// have to be begun again because somebody else was faster.
    func commit() async -> [PendingChange] {
        do throws(StorageError) {
            switch try await write() {
            case .committed: for run in runs { run.answer() }
            case .conflict: return runs.map(\.change)
            }
        } catch {
            for run in runs { run.change.fail(error) }
        }
        return []
    }

    private func write() async throws(StorageError) -> CommitOutcome {
        guard !transaction.writes.isEmpty else { return .committed(Revision(0)) }
        try await dropEvents(through: events.last - eventsMax)
        return try await store.commit(transaction)
    }

    /// As many as were appended and some more, so that a log with a lower bound than before shrinks; what
    /// there is no room for leaves with later changes. Up to where events of an account are gone is kept:
    /// who has not read them is told.
    private func dropEvents(through oldest: Int) async throws(StorageError) {
        let room = (RecordTransaction.writesMax - transaction.writes.count) / 3
        guard oldest > 0, room > 0 else { return }
        let range = RecordRange(prefix: "\(RecordKey.eventPrefix)/")
        let limit = min(events.count + 8, room)
        for record in try await store.records(in: range, limit: limit) {
            let event: Event = try record.decoded()
            guard event.number.value <= oldest else { return }
            transaction.writes.updateValue(nil, forKey: .event(event.number))
            transaction.writes.updateValue(nil, forKey: .log(event.account, event.number))
            transaction.writes[.leftLog(event.account)] = event.number.value.recordValue
        }
    }
}
