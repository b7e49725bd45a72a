// SPDX-License-Identifier: Apache-2.0
import Storage
import Synchronization

/// Records in memory, with hooks for what another process or a failing disk would do.
final class MemoryRecords: RecordStore {
    private struct State {
        var records: [RecordKey: Record] = [:]
        /// All keys in their order; nil: to be sorted again.
        var keys: [RecordKey]?
        var revision: UInt64 = 0
        var listeners: [(prefix: String, AsyncStream<Void>.Continuation)] = []
        var largestAnswer = 0
        var listed = 0
        var commits = 0
        var largestCommit = 0
        var reads = 0
    }

    private let state = Mutex(State())
    /// Runs before each commit is judged.
    let beforeCommit = Mutex<(@Sendable () async -> Void)?>(nil)
    /// What each commit fails with from now on.
    let failure = Mutex<StorageError?>(nil)

    /// The most records that one call has answered.
    var largestAnswer: Int { state.withLock { $0.largestAnswer } }
    /// The records that all calls for a range have answered.
    var listed: Int { state.withLock { $0.listed } }
    var commits: Int { state.withLock { $0.commits } }
    /// Calls that have read records under keys.
    var reads: Int { state.withLock { $0.reads } }
    /// The most records that one commit has written or compared.
    var largestCommit: Int { state.withLock { $0.largestCommit } }
    var all: [Record] { state.withLock { Array($0.records.values) } }

    func records(_ keys: [RecordKey]) async throws(StorageError) -> [Record?] {
        state.withLock { state in
            state.largestAnswer = max(state.largestAnswer, keys.count)
            state.reads += 1
            return keys.map { state.records[$0] }
        }
    }

    func records(in range: RecordRange, limit: Int) async throws(StorageError) -> [Record] {
        state.withLock { state in
            let all = state.keys ?? state.records.keys.sorted()
            state.keys = all
            let found = Self.keys(of: all, in: range, limit: limit)
            state.largestAnswer = max(state.largestAnswer, found.count)
            state.listed += found.count
            return found.compactMap { state.records[$0] }
        }
    }

    private static func keys(of all: [RecordKey], in range: RecordRange, limit: Int) -> [RecordKey]
    {
        let start = all.partitioningIndex { $0.text >= range.prefix }
        let end = all.partitioningIndex {
            $0.text >= range.prefix && !$0.text.hasPrefix(range.prefix)
        }
        switch (range.order, range.after) {
        case (.ascending, nil):
            return Array(all[start..<end].prefix(limit))
        case (.ascending, let after?):
            let next = all.partitioningIndex { after < $0 }
            return Array(all[min(max(start, next), end)..<end].prefix(limit))
        case (.descending, nil):
            return Array(all[start..<end].reversed().prefix(limit))
        case (.descending, let after?):
            let next = all.partitioningIndex { after <= $0 }
            return Array(all[start..<max(start, min(next, end))].reversed().prefix(limit))
        }
    }

    func commit(_ transaction: RecordTransaction) async throws(StorageError) -> CommitOutcome {
        let hook = beforeCommit.withLock { $0 }
        await hook?()
        if let error = failure.withLock({ $0 }) { throw error }
        return state.withLock { state in
            for (key, revision) in transaction.expectations
            where state.records[key]?.revision != revision {
                return .conflict(key)
            }
            state.revision += 1
            state.keys = nil
            state.commits += 1
            state.largestCommit = max(
                state.largestCommit, transaction.writes.count, transaction.expectations.count)
            let revision = Revision(state.revision)
            for (key, value) in transaction.writes {
                state.records[key] = value.map { Record(key: key, value: $0, revision: revision) }
            }
            for (prefix, listener) in state.listeners
            where transaction.writes.keys.contains(where: { $0.text.hasPrefix(prefix) }) {
                listener.yield()
            }
            return .committed(revision)
        }
    }

    func changes(under prefix: String) -> AsyncStream<Void> {
        let (stream, continuation) = AsyncStream.makeStream(
            of: Void.self, bufferingPolicy: .bufferingNewest(1))
        state.withLock { $0.listeners.append((prefix, continuation)) }
        return stream
    }

    func whileLeading(
        _ name: String, _ body: @escaping @Sendable () async -> Void
    ) async throws(StorageError) {
        await body()
    }
}

extension [RecordKey] {
    /// The first place for which `isBehind` holds; it holds for all behind it.
    fileprivate func partitioningIndex(_ isBehind: (RecordKey) -> Bool) -> Int {
        var low = 0
        var high = count
        while low < high {
            let middle = (low + high) / 2
            if isBehind(self[middle]) { high = middle } else { low = middle + 1 }
        }
        return low
    }
}
