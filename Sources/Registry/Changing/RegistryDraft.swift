// SPDX-License-Identifier: Apache-2.0
package import FoundationEssentials
package import Storage
package import TLS

/// A change of the registry in the making: what was read for it, and what it is to write.
///
/// Reads see the draft's own writes. Used inside `Registry.change` only.
package final class RegistryDraft: ObjectReading {
    /// The moment of the change: of its events and of what it updates.
    package let now: Date
    package let caller: Caller

    let store: any RecordStore
    let eventsMax: Int
    var transaction = RecordTransaction()
    /// What was read, as it was then.
    private var found: [RecordKey: Record?] = [:]
    /// The objects that were read or made here, as they were before.
    var originals: [RecordKey: Original] = [:]
    /// The indexes that the objects put here have; empty for one that is removed.
    var entries: [RecordKey: [IndexEntry]] = [:]
    var events: [PendingEvent] = []
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

    init(of store: any RecordStore, by caller: Caller, eventsMax: Int, at now: Date) {
        self.store = store
        self.caller = caller
        self.eventsMax = eventsMax
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
            let value = Int(String(decoding: bytes, as: UTF8.self)),
            let number = ObjectNumber<Object>(value)
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

    /// What is at a key, after this draft. What it was before is noted: the commit rests on it.
    func bytes(at key: RecordKey) async throws(StorageError) -> [UInt8]? {
        if let written = transaction.writes[key] { return written }
        if let known = found[key] { return known?.value }
        let record = try await store.records([key]).first.flatMap { $0 }
        found.updateValue(record, forKey: key)
        transaction.expectations.updateValue(record?.revision, forKey: key)
        return record?.value
    }

    func write(_ value: [UInt8]?, at key: RecordKey) {
        transaction.writes.updateValue(value, forKey: key)
    }
}
