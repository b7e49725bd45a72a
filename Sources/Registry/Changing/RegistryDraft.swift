// SPDX-License-Identifier: Apache-2.0
package import FoundationEssentials
package import Storage
package import TLS

/// A change of the registry in the making: what was read for it, and what it is to write.
///
/// Reads see the draft's own writes, and those of the changes before it in the same batch. Used inside
/// `Registry.change` only.
package final class RegistryDraft: ObjectReading {
    /// The moment of the change: of its events and of what it updates.
    package let now: Date
    package let caller: Caller
    /// Names that no account may claim.
    package let reserved: ReservedNames
    let objectsMax: [Event.Subject.Kind: Int]

    /// The changes that are committed with it, before it.
    private let batch: ChangeBatch
    var transaction = RecordTransaction()
    /// What was read of the store, as it was then.
    private(set) var found: [RecordKey: Record?] = [:]
    /// The objects that were read or made here, as they were before.
    var originals: [RecordKey: Original] = [:]
    /// The indexes that the objects put here have; empty for one that is removed.
    var entries: [RecordKey: [IndexEntry]] = [:]
    var events: [PendingEvent] = []
    /// The number of the last one, once they have numbers; 0: there is none.
    var lastEvent = 0
    /// Identifiers of what was made here, by kind; the first of each.
    var made: [String: String] = [:]
    /// They are told of what happens from this commit on.
    var newWebhooks: Set<WebhookNumber> = []

    /// What is known of an object before this draft changes it.
    struct Original {
        var generation: Int
        var entries: [IndexEntry]

        static let new = Original(generation: 0, entries: [])
    }

    struct PendingEvent {
        let kind: Event.Kind
        let subject: Event.Subject
        let cause: Event.Cause
        let data: JSONValue
    }

    init(
        in batch: ChangeBatch, by caller: Caller, reserved: ReservedNames,
        objectsMax: [Event.Subject.Kind: Int], at now: Date
    ) {
        self.batch = batch
        self.caller = caller
        self.reserved = reserved
        self.objectsMax = objectsMax
        self.now = now
    }

    // MARK: Reading

    /// PEM; see `Registry.privateKey`.
    package func privateKey(_ number: Int) async throws(StorageError) -> [UInt8]? {
        try await bytes(at: .privateKey(number))
    }

    package func isWithdrawn(_ name: CertificateName) async throws(StorageError) -> Bool {
        try await bytes(at: .withdrawn(name)) != nil
    }

    /// Reads at once what is known of the domains of these names, and whether they are withdrawn: to look
    /// at one after the other then waits for nothing.
    package func readAhead(_ names: [CertificateName]) async throws(StorageError) {
        let indexes = names.map { IndexEntry(.domainName, $0.text, number: 0).key }
        try await read(indexes + names.map { .withdrawn($0) })
        var domains: [RecordKey] = []
        for index in indexes {
            guard let bytes = try await bytes(at: index), let number = DomainNumber(indexed: bytes)
            else { continue }
            domains.append(.object(number))
        }
        try await read(domains)
    }

    package func object<Object: RegistryObject>(
        _ number: ObjectNumber<Object>
    ) async throws(StorageError) -> Object? {
        let key = RecordKey.object(number)
        let object: Object? = try await value(at: key)
        if originals[key] == nil {
            originals[key] =
                object.map {
                    Original(generation: $0.generation, entries: $0.indexEntries)
                } ?? .new
        }
        return object
    }

    package func object<Object: RegistryObject>(
        at index: RecordKey
    ) async throws(StorageError) -> Object? {
        guard let bytes = try await numberBytes(at: index),
            let number = ObjectNumber<Object>(indexed: bytes)
        else { return nil }
        return try await object(number)
    }

    /// Indexes are written with the commit: until then those of what was put here count first.
    private func numberBytes(at index: RecordKey) async throws(StorageError) -> [UInt8]? {
        for own in entries.values {
            if let entry = own.first(where: { $0.key == index }) { return entry.value }
        }
        return try await bytes(at: index)
    }

    func value<Value: Decodable>(at key: RecordKey) async throws(StorageError) -> Value? {
        guard let bytes = try await bytes(at: key) else { return nil }
        return try Record(key: key, value: bytes, revision: Revision(0)).decoded()
    }

    /// What is at a key, after this draft. What it was in the store is noted: the commit rests on it.
    func bytes(at key: RecordKey) async throws(StorageError) -> [UInt8]? {
        if let written = transaction.writes[key] ?? batch.transaction.writes[key] { return written }
        if let known = found[key] ?? batch.found[key] { return known?.value }
        try await read([key])
        return found[key]??.value
    }

    /// Reads what is not known yet of these records.
    private func read(_ keys: [RecordKey]) async throws(StorageError) {
        let unknown = keys.filter { key in
            transaction.writes[key] == nil && batch.transaction.writes[key] == nil
                && found[key] == nil && batch.found[key] == nil
        }
        guard !unknown.isEmpty else { return }
        for (key, record) in zip(unknown, try await batch.store.records(unknown)) {
            found.updateValue(record, forKey: key)
            transaction.expectations.updateValue(record?.revision, forKey: key)
        }
    }

    /// What the changes before it in its batch write.
    var writesOfBatch: [RecordKey: [UInt8]?] { batch.transaction.writes }

    /// What the store has, without what this batch writes. The commit does not rest on it.
    func storedRecords(
        in range: RecordRange, limit: Int
    ) async throws(StorageError) -> [Record] {
        try await batch.store.records(in: range, limit: limit)
    }

    /// The first `limit` values under a prefix and their keys, after this draft. The commit does not rest
    /// on them.
    func values(
        under prefix: String, limit: Int
    ) async throws(StorageError) -> [(key: RecordKey, value: [UInt8])] {
        let isUnder = { (write: (key: RecordKey, value: [UInt8]?)) in
            write.key.text.hasPrefix(prefix)
        }
        let written = batch.transaction.writes.filter(isUnder)
            .merging(transaction.writes.filter(isUnder)) { $1 }
        // As many more as may have been removed.
        let stored = try await batch.store.records(
            in: RecordRange(prefix: prefix), limit: limit + written.count)
        var values = Dictionary(uniqueKeysWithValues: stored.map { ($0.key, $0.value) })
        for (key, value) in written { values[key] = value }
        return values.sorted { $0.key < $1.key }.prefix(limit).map { ($0.key, $0.value) }
    }

    func write(_ value: [UInt8]?, at key: RecordKey) {
        transaction.writes.updateValue(value, forKey: key)
    }
}
