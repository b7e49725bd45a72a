// SPDX-License-Identifier: Apache-2.0
import Storage
import Synchronization

/// Records in memory, with hooks for what another process or a failing disk would do.
final class MemoryRecords: RecordStore {
    private struct State {
        var records: [RecordKey: Record] = [:]
        var revision: UInt64 = 0
        var listeners: [(prefix: String, AsyncStream<Void>.Continuation)] = []
        var largestAnswer = 0
        var commits = 0
    }

    private let state = Mutex(State())
    /// Runs before each commit is judged.
    let beforeCommit = Mutex<(@Sendable () async -> Void)?>(nil)

    /// The most records that one call has answered.
    var largestAnswer: Int { state.withLock { $0.largestAnswer } }
    var commits: Int { state.withLock { $0.commits } }
    var all: [Record] { state.withLock { Array($0.records.values) } }

    func records(_ keys: [RecordKey]) async throws(StorageError) -> [Record?] {
        state.withLock { state in
            state.largestAnswer = max(state.largestAnswer, keys.count)
            return keys.map { state.records[$0] }
        }
    }

    func records(in range: RecordRange, limit: Int) async throws(StorageError) -> [Record] {
        state.withLock { state in
            var keys = state.records.keys.filter { key in
                guard key.text.hasPrefix(range.prefix) else { return false }
                guard let after = range.after else { return true }
                return range.order == .ascending ? after < key : key < after
            }
            keys.sort()
            if range.order == .descending { keys.reverse() }
            state.largestAnswer = max(state.largestAnswer, min(limit, keys.count))
            return keys.prefix(limit).compactMap { state.records[$0] }
        }
    }

    func commit(_ transaction: RecordTransaction) async throws(StorageError) -> CommitOutcome {
        let hook = beforeCommit.withLock { $0 }
        await hook?()
        return state.withLock { state in
            for (key, revision) in transaction.expectations
            where state.records[key]?.revision != revision {
                return .conflict(key)
            }
            state.revision += 1
            state.commits += 1
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
