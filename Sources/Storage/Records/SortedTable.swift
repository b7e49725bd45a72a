// SPDX-License-Identifier: Apache-2.0
import Networking

/// Records in the order of their keys, in a file that does not change any more.
///
/// The file is a tree: leaves of a few KiB of records, above them nodes of their first keys, up to
/// one root. Nothing of it has to be in memory.
final class SortedTable {
    /// What the manifest keeps of a table.
    struct Description: Equatable {
        let number: Int
        let size: Int
        let root: BlockPlace
        /// Nodes above a leaf.
        let height: Int
    }

    let description: Description
    private let file: RegularFile

    static func name(_ number: Int) -> String { "\(number).table" }

    init(opening description: Description, in directory: borrowing Directory) throws(StorageError) {
        self.description = description
        file = try fileWork { () throws(SystemError) in
            try RegularFile(opening: Self.name(description.number), in: directory)
        }
        guard try fileWork({ () throws(SystemError) in try file.size() }) == description.size else {
            throw .damaged(path: file.path, "its size is not \(description.size) bytes")
        }
    }

    /// The block at `place`, with `height` blocks below it.
    func block(
        at place: BlockPlace, height: Int, cache: BlockCache?
    ) throws(StorageError) -> TableBlock {
        if let block = cache?.block(at: place, of: description.number) { return block }
        guard place.offset + place.length <= description.size else { throw damage(at: place) }
        let bytes = try fileWork { () throws(SystemError) in
            try file.read(place.length, at: place.offset)
        }
        guard let block = TableBlock(bytes, height: height) else { throw damage(at: place) }
        cache?.keep(block, at: place, of: description.number)
        return block
    }

    /// What stands under `key`, be it that there is nothing any more; nil: this table does not know.
    func stored(_ key: String, cache: BlockCache) throws(StorageError) -> StoredRecord? {
        var place = description.root
        for height in (0...description.height).reversed() {
            switch try block(at: place, height: height, cache: cache) {
            case .node(let children):
                let next = children.firstIndexAscending { $0.firstKey > key } - 1
                guard next >= 0 else { return nil }
                place = children[next].place
            case .leaf(let records):
                let index = records.firstIndexAscending { $0.key.text >= key }
                guard index < records.count, records[index].key.text == key else { return nil }
                return records[index]
            }
        }
        return nil
    }

    private func damage(at place: BlockPlace) -> StorageError {
        .damaged(path: file.path, "the block at byte \(place.offset)")
    }
}
