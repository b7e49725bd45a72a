// SPDX-License-Identifier: Apache-2.0

/// A place in sorted records, moved in one direction.
protocol RecordCursor {
    /// Nil at the end.
    var current: StoredRecord? { get }
    mutating func advance() throws(StorageError)
}

/// The records of several tables as those of one: of each key the newest.
struct MergedRecords {
    /// The newest table's first.
    private var cursors: [any RecordCursor]
    private var heads: [StoredRecord?]
    private let order: RecordRange.Order

    init(_ cursors: [any RecordCursor], _ order: RecordRange.Order) {
        self.cursors = cursors
        heads = cursors.map(\.current)
        self.order = order
    }

    /// The next record, be it one that says that there is none; nil at the end.
    mutating func next() throws(StorageError) -> StoredRecord? {
        var first: StoredRecord?
        for head in heads {
            // Of equals the first, which is the newest.
            if let head, first.map({ comes(head, before: $0) }) ?? true { first = head }
        }
        guard let first else { return nil }
        for index in cursors.indices where heads[index]?.key == first.key {
            try cursors[index].advance()
            heads[index] = cursors[index].current
        }
        return first
    }

    private func comes(_ left: StoredRecord, before right: StoredRecord) -> Bool {
        switch order {
        case .ascending: left.key < right.key
        case .descending: left.key > right.key
        }
    }
}
