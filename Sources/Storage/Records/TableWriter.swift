// SPDX-License-Identifier: Apache-2.0
import Networking

/// Writes a sorted table, from its leaves up: in memory is one block of each height.
final class TableWriter {
    private struct Block {
        var firstKey = ""
        var bytes: [UInt8] = []
        /// Where the only child is, while there is one.
        var onlyChild: BlockPlace?
    }

    let number: Int
    private let file: RegularFile
    private let blockBytes: Int
    /// The block of each height that is being filled; the first takes records.
    private var blocks = [Block()]
    /// What is finished and not in the file yet.
    private var pending: [UInt8] = []
    private var written = 0

    private static let pendingBytesMax = 128 << 10

    init(
        number: Int, blockBytes: Int, in directory: borrowing Directory
    ) throws(StorageError) {
        self.number = number
        self.blockBytes = blockBytes
        file = try fileWork { () throws(SystemError) in
            try RegularFile(
                creating: SortedTable.name(number), mode: .secret, in: directory)
        }
    }

    /// Adds a record; its key comes after the last one's.
    func add(_ record: StoredRecord) throws(StorageError) {
        if blocks[0].bytes.isEmpty { blocks[0].firstKey = record.key.text }
        blocks[0].bytes.append(record)
        if blocks[0].bytes.count >= blockBytes { try endBlock(at: 0) }
    }

    /// Returns when the table is on the disk, though not yet its name; nil when it has no record.
    func finish() throws(StorageError) -> SortedTable.Description? {
        if !blocks[0].bytes.isEmpty { try endBlock(at: 0) }
        var height = 1
        while height < blocks.count {
            if height == blocks.count - 1, let root = blocks[height].onlyChild {
                try writePending()
                try fileWork { () throws(SystemError) in try file.synchronize() }
                return SortedTable.Description(
                    number: number, size: written, root: root, height: height - 1)
            }
            if !blocks[height].bytes.isEmpty { try endBlock(at: height) }
            height += 1
        }
        return nil
    }

    private func endBlock(at height: Int) throws(StorageError) {
        let block = blocks[height]
        blocks[height] = Block()
        let place = BlockPlace(
            offset: written + pending.count,
            length: block.bytes.count + TableBlock.checksumBytes)
        pending += block.bytes
        pending.append(number: Checksum.of(block.bytes[...]))
        if pending.count >= Self.pendingBytesMax { try writePending() }

        let above = height + 1
        if above == blocks.count { blocks.append(Block()) }
        let isFirst = blocks[above].bytes.isEmpty
        if isFirst { blocks[above].firstKey = block.firstKey }
        blocks[above].onlyChild = isFirst ? place : nil
        blocks[above].bytes.append(TableBlock.Child(firstKey: block.firstKey, place: place))
        if blocks[above].bytes.count >= blockBytes, !isFirst { try endBlock(at: above) }
    }

    private func writePending() throws(StorageError) {
        try fileWork { () throws(SystemError) in
            try file.write(pending, at: written)
            file.beginWriteback()
        }
        written += pending.count
        pending.removeAll(keepingCapacity: true)
    }
}

/// A table on its way: what its sources hold, step by step, so that no turn of the loop is long.
final class TableBuild {
    let writer: TableWriter
    private var source: MergedRecords
    private let removals: Removals

    /// Whether it is kept that a record was removed: as long as an older table may hold it.
    enum Removals { case keep, drop }

    init(_ writer: TableWriter, from cursors: [any RecordCursor], _ removals: Removals) {
        self.writer = writer
        source = MergedRecords(cursors, .ascending)
        self.removals = removals
    }

    /// Takes so many bytes further. True when all records are written.
    func step(bytes: Int) throws(StorageError) -> Bool {
        var taken = 0
        while taken < bytes {
            guard let record = try source.next() else { return true }
            taken += record.storedBytes
            if record.value != nil || removals == .keep { try writer.add(record) }
        }
        return false
    }
}
