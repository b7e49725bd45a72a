// SPDX-License-Identifier: Apache-2.0

/// A place in a memory table, moved in one direction.
struct MemoryCursor: RecordCursor {
    private let table: MemoryTable
    private let order: RecordRange.Order
    private var place: MemoryTable.Place?

    /// Begins where a range does.
    init(_ table: MemoryTable, _ range: RecordRange) {
        self.table = table
        order = range.order
        switch range.order {
        case .ascending:
            place = table.place(notBefore: range.start)
        case .descending:
            place = table.place(before: table.place(notBefore: range.end))
        }
    }

    var current: StoredRecord? { place.flatMap { table.record(at: $0) } }

    mutating func advance() {
        guard let here = place, current != nil else { return }
        switch order {
        case .ascending: place = table.place(after: here)
        case .descending: place = table.place(before: here)
        }
    }
}

extension RecordRange {
    /// Where an ascending range begins: with the first key that is not before this text.
    var start: String {
        guard let after else { return prefix }
        // The smallest text behind `after`; no key has such a byte.
        return max(prefix, after.text + "\u{1}")
    }

    /// Where a descending range begins: with the last key before this text.
    var end: String {
        // The smallest text behind all keys with the prefix.
        let end = prefix + "\u{7f}"
        guard let after else { return end }
        return min(end, after.text)
    }
}

extension RecordKey {
    /// Whether keys can begin with it.
    static func isText(_ prefix: String) -> Bool {
        prefix.utf8.allSatisfy { 0x21...0x7e ~= $0 }
    }
}
