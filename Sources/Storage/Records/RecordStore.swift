// SPDX-License-Identifier: Apache-2.0

/// Keeps small records under keys that have an order, changed by transactions.
///
/// What every driver promises:
/// - `commit` is atomic and durable: after a crash at any moment either all of its writes are there
///   or none is. Revisions of one store only grow.
/// - What a call has written when it returns is what later calls read.
/// - What is absent is an answer, not an error.
/// - No call takes more memory than what it answers.
///
/// Everything here is a word of etcd's too: a range, a transaction with comparisons of revisions, a
/// watch, a lease. Calls may come from any task.
package protocol RecordStore: Sendable {
    /// The records under these keys, in their order; nil for those that are not there.
    func records(_ keys: [RecordKey]) async throws(StorageError) -> [Record?]

    /// The first `limit` records of a range, in its order.
    func records(in range: RecordRange, limit: Int) async throws(StorageError) -> [Record]

    /// Writes all of it, unless a record has another revision than expected.
    func commit(_ transaction: RecordTransaction) async throws(StorageError) -> CommitOutcome

    /// Yields at least once after each commit that changes a key with this prefix; several commits may
    /// show as one. Ends when the store does, or when nobody listens.
    func changes(under prefix: String) -> AsyncStream<Void>

    /// Runs `body` while no other process that shares the store runs one of the same name: at once
    /// where the store has one writer. `body` is cancelled when the claim is lost.
    func whileLeading(
        _ name: String, _ body: @escaping @Sendable () async -> Void
    ) async throws(StorageError)
}

/// What a record is filed under: a path such as `domains/shop.example.com`. Keys are ordered by their
/// bytes.
package struct RecordKey: Hashable, Comparable, Sendable, CustomStringConvertible {
    package let text: String

    /// Nil unless it is 1 to 512 printable ASCII characters.
    package init?(_ text: String) {
        let bytes = text.utf8
        guard (1...512).contains(bytes.count), bytes.allSatisfy({ 0x21...0x7e ~= $0 }) else {
            return nil
        }
        self.text = text
    }

    package static func < (left: RecordKey, right: RecordKey) -> Bool {
        // Of ASCII Swift's order is that of the bytes.
        left.text < right.text
    }

    package var description: String { text }
}

/// A record as it was read.
package struct Record: Hashable, Sendable {
    package let key: RecordKey
    package let value: [UInt8]
    /// The commit that wrote it last.
    package let revision: Revision

    /// Bytes that a value may have.
    package static let valueBytesMax = 1 << 20

    package init(key: RecordKey, value: [UInt8], revision: Revision) {
        self.key = key
        self.value = value
        self.revision = revision
    }
}

/// The number of a commit.
package struct Revision: Hashable, Comparable, Sendable {
    package let value: UInt64

    package init(_ value: UInt64) {
        self.value = value
    }

    package static func < (left: Revision, right: Revision) -> Bool { left.value < right.value }
}

/// The keys that begin with a prefix, or a part of them.
package struct RecordRange: Hashable, Sendable {
    package enum Order: Sendable { case ascending, descending }

    package var prefix: String
    /// Only what comes after this key in `order`.
    package var after: RecordKey?
    package var order: Order

    package init(prefix: String, after: RecordKey? = nil, order: Order = .ascending) {
        self.prefix = prefix
        self.after = after
        self.order = order
    }
}

/// Writes that are made together, if what they rest on is still so.
package struct RecordTransaction: Sendable {
    /// The revisions that these records must have; nil: there must be none.
    package var expectations: [RecordKey: Revision?] = [:]
    /// The values to put; nil: to remove.
    package var writes: [RecordKey: [UInt8]?] = [:]

    /// Writes that one transaction may have. The largest change that clients can ask for has some 1,200:
    /// the publication of a site with a hundred hosts, deprovisioned before, in the place of a hundred
    /// others.
    package static let writesMax = 2048
    /// Bytes that their keys and values may have together.
    package static let bytesMax = 8 << 20

    package init() {}
}

/// What came of a transaction.
package enum CommitOutcome: Hashable, Sendable {
    case committed(Revision)
    /// Somebody has changed this record; nothing was written.
    case conflict(RecordKey)
}
