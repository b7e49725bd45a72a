// SPDX-License-Identifier: Apache-2.0
import Networking

/// Where a block is in its file.
struct BlockPlace: Hashable, Sendable {
    let offset: Int
    /// With the checksum at its end.
    let length: Int
}

/// A block of a sorted table, read and checked: records, or the blocks below with their first keys.
///
/// On the disk: its entries one after the other, then eight bytes of checksum.
enum TableBlock {
    struct Child {
        let firstKey: String
        let place: BlockPlace
    }

    case leaf([StoredRecord])
    case node([Child])

    static let checksumBytes = 8

    /// Nil when the bytes are not what was written.
    init?(_ bytes: [UInt8], height: Int) {
        guard bytes.count > Self.checksumBytes else { return nil }
        let entries = bytes.dropLast(Self.checksumBytes)
        var end = StoredBytes(bytes[entries.endIndex...])
        guard end.number(UInt64.self) == Checksum.of(entries) else { return nil }
        var rest = StoredBytes(entries)
        if height == 0 {
            var records: [StoredRecord] = []
            while !rest.isAtEnd {
                guard let record = rest.record() else { return nil }
                records.append(record)
            }
            self = .leaf(records)
        } else {
            var children: [Child] = []
            while !rest.isAtEnd {
                guard let child = rest.child() else { return nil }
                children.append(child)
            }
            self = .node(children)
        }
    }

    /// What it takes in memory, about.
    var memoryBytes: Int {
        switch self {
        case .leaf(let records): records.reduce(64) { $0 + $1.memoryBytes }
        case .node(let children): children.reduce(64) { $0 + $1.firstKey.utf8.count + 64 }
        }
    }
}

extension [UInt8] {
    mutating func append(_ child: TableBlock.Child) {
        append(key: child.firstKey)
        append(number: UInt64(child.place.offset))
        append(number: UInt32(child.place.length))
    }
}

extension StoredBytes {
    fileprivate mutating func child() -> TableBlock.Child? {
        guard let key = key(), let offset = number(UInt64.self), let length = number(UInt32.self),
            let offset = Int(exactly: offset)
        else { return nil }
        return TableBlock.Child(
            firstKey: key.text, place: BlockPlace(offset: offset, length: Int(length)))
    }
}

/// Blocks that were read lately, at most so many bytes of them.
///
/// In two generations: what was not asked for while the younger one filled goes with the older.
final class BlockCache {
    private struct Key: Hashable {
        let table: Int
        let place: BlockPlace
    }

    private let generationBytesMax: Int
    private var young: [Key: TableBlock] = [:]
    private var old: [Key: TableBlock] = [:]
    private var youngBytes = 0

    init(bytesMax: Int) {
        generationBytesMax = bytesMax / 2
    }

    func block(at place: BlockPlace, of table: Int) -> TableBlock? {
        let key = Key(table: table, place: place)
        if let block = young[key] { return block }
        guard let block = old.removeValue(forKey: key) else { return nil }
        keep(block, key)
        return block
    }

    func keep(_ block: TableBlock, at place: BlockPlace, of table: Int) {
        keep(block, Key(table: table, place: place))
    }

    private func keep(_ block: TableBlock, _ key: Key) {
        let bytes = block.memoryBytes
        if youngBytes + bytes > generationBytesMax {
            old = young
            young = [:]
            youngBytes = 0
        }
        guard bytes <= generationBytesMax else { return }
        young[key] = block
        youngBytes += bytes
    }
}
