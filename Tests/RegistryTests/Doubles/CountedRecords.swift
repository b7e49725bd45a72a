// SPDX-License-Identifier: Apache-2.0
import Storage
import Synchronization

/// Another store, with a count of what is read there.
struct CountedRecords: RecordStore {
    struct Count: Sendable {
        /// Entries of indexes, and other records that were found in a range.
        var listed = 0
        var objects = 0
        /// The most records of one answer.
        var largestAnswer = 0
        /// The prefixes of the ranges, in their order.
        var prefixes: [String] = []
    }

    private final class Counter: Sendable {
        let count = Mutex(Count())
    }

    let store: any RecordStore
    private let counter = Counter()

    init(_ store: any RecordStore) {
        self.store = store
    }

    /// Since it was asked last.
    func count() -> Count {
        counter.count.withLock { count in
            defer { count = Count() }
            return count
        }
    }

    func records(_ keys: [RecordKey]) async throws(StorageError) -> [Record?] {
        counter.count.withLock { count in
            count.objects += keys.count { $0.text.hasPrefix("object/") }
            count.largestAnswer = max(count.largestAnswer, keys.count)
        }
        return try await store.records(keys)
    }

    func records(in range: RecordRange, limit: Int) async throws(StorageError) -> [Record] {
        // As a store with a loop of its own would let others go on.
        await Task.yield()
        let found = try await store.records(in: range, limit: limit)
        counter.count.withLock { count in
            count.listed += found.count
            count.prefixes.append(range.prefix)
            count.largestAnswer = max(count.largestAnswer, found.count)
        }
        return found
    }

    func commit(_ transaction: RecordTransaction) async throws(StorageError) -> CommitOutcome {
        try await store.commit(transaction)
    }

    func changes(under prefix: String) -> AsyncStream<Void> { store.changes(under: prefix) }

    func whileLeading(
        _ name: String, _ body: @escaping @Sendable () async -> Void
    ) async throws(StorageError) {
        try await store.whileLeading(name, body)
    }
}
