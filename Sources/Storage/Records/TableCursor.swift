// SPDX-License-Identifier: Apache-2.0

/// A place in a sorted table, moved in one direction.
struct TableCursor: RecordCursor {
    private let table: SortedTable
    /// Nil for who reads all of it once.
    private let cache: BlockCache?
    private let order: RecordRange.Order
    /// From the root down, and which child was taken.
    private var path: [(children: [TableBlock.Child], index: Int)] = []
    private var leaf: [StoredRecord] = []
    private var index = 0

    /// Begins where a range does.
    init(_ table: SortedTable, _ range: RecordRange, cache: BlockCache?) throws(StorageError) {
        self.table = table
        self.cache = cache
        order = range.order
        let bound =
            switch range.order {
            case .ascending: range.start
            case .descending: range.end
            }
        try descend(to: table.description.root, bound)
        if current == nil { try nextLeaf() }
    }

    var current: StoredRecord? { leaf.indices.contains(index) ? leaf[index] : nil }

    mutating func advance() throws(StorageError) {
        index += step
        if current == nil { try nextLeaf() }
    }

    private var step: Int { order == .ascending ? 1 : -1 }

    /// Goes down to the leaf where `bound` is, or with none to the first in this order.
    private mutating func descend(to place: BlockPlace, _ bound: String?) throws(StorageError) {
        let height = table.description.height - path.count
        switch try table.block(at: place, height: height, cache: cache) {
        case .leaf(let records):
            leaf = records
            index = start(in: records, bound)
        case .node(let children):
            let index = start(in: children, bound)
            guard children.indices.contains(index) else { return }
            path.append((children, index))
            try descend(to: children[index].place, bound)
        }
    }

    private mutating func nextLeaf() throws(StorageError) {
        leaf = []
        while let (children, index) = path.popLast() {
            guard children.indices.contains(index + step) else { continue }
            path.append((children, index + step))
            return try descend(to: children[index + step].place, nil)
        }
    }

    private func start(in records: [StoredRecord], _ bound: String?) -> Int {
        switch (order, bound) {
        case (.ascending, nil): 0
        case (.descending, nil): records.count - 1
        case (.ascending, let bound?): records.firstIndexAscending { $0.key.text >= bound }
        case (.descending, let bound?): records.firstIndexAscending { $0.key.text >= bound } - 1
        }
    }

    /// The child that may hold it: the last that begins before, or with, the bound.
    private func start(in children: [TableBlock.Child], _ bound: String?) -> Int {
        switch (order, bound) {
        case (.ascending, nil): 0
        case (.descending, nil): children.count - 1
        case (.ascending, let bound?):
            max(children.firstIndexAscending { $0.firstKey > bound } - 1, 0)
        case (.descending, let bound?): children.firstIndexAscending { $0.firstKey >= bound } - 1
        }
    }
}
