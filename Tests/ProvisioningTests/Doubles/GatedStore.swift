// SPDX-License-Identifier: Apache-2.0
import Storage
import Synchronization

/// A store whose readers get what they have read when the test lets them.
final class GatedStore: KeyValueStore {
    private let store: any KeyValueStore
    private let gate = Mutex<(isClosed: Bool, waiting: [CheckedContinuation<Void, Never>])>(
        (false, []))

    init(_ store: any KeyValueStore) { self.store = store }

    /// Readers that have read and wait.
    var waiting: Int { gate.withLock { $0.waiting.count } }

    func close() { gate.withLock { $0.isClosed = true } }

    func open() {
        let waiting = gate.withLock { gate in
            defer { gate = (false, []) }
            return gate.waiting
        }
        for reader in waiting { reader.resume() }
    }

    func changes(
        of names: [String], in keys: [StorageKey], since known: [StorageVersion?]
    ) async throws(StorageError) -> [StoredChange] {
        let changes = try await store.changes(of: names, in: keys, since: known)
        await withCheckedContinuation { continuation in
            let isOpen = gate.withLock { gate in
                if gate.isClosed { gate.waiting.append(continuation) }
                return !gate.isClosed
            }
            if isOpen { continuation.resume() }
        }
        return changes
    }

    func read(
        _ names: [String], in key: StorageKey
    ) async throws(StorageError) -> StoredFiles? {
        try await store.read(names, in: key)
    }

    func write(
        _ files: [StoredFile], in key: StorageKey
    ) async throws(StorageError) -> StorageVersion {
        try await store.write(files, in: key)
    }

    func remove(_ key: StorageKey) async throws(StorageError) {
        try await store.remove(key)
    }

    func keys(in collection: String) async throws(StorageError) -> [StorageKey] {
        try await store.keys(in: collection)
    }

    func versions(of keys: [StorageKey]) async throws(StorageError) -> [StorageVersion?] {
        try await store.versions(of: keys)
    }
}
