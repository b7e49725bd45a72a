// SPDX-License-Identifier: Apache-2.0
import Networking

/// Reads the header blocks of one direction of a connection (RFC 7541 §3).
///
/// After an error it must not be used again: the connection is over.
package struct HPACKDecoder: Sendable {
    private(set) var table: DynamicTable
    private let shared = StaticTable.shared

    /// The most that a size update may ask for.
    private var tableSizeMax: Int
    private let announced: Int

    /// The next block has to begin with a size update.
    private var awaitsSizeUpdate = false

    /// `tableSize` is what we announce in SETTINGS_HEADER_TABLE_SIZE. Until the peer has acknowledged
    /// that, it may use the initial 4096 octets (RFC 9113 §6.5.2), whatever it is.
    package init(tableSize: Int = Self.initialTableSize) {
        announced = tableSize
        tableSizeMax = max(tableSize, Self.initialTableSize)
        table = DynamicTable(sizeMax: Self.initialTableSize)
    }

    /// The size of a table before anyone says otherwise (RFC 9113 §6.5.2).
    package static let initialTableSize = 4096

    /// Takes notice that the peer acknowledged our settings. When they ask for less than the initial
    /// size, its next block must say that it obeys (RFC 9113 §4.3.1).
    package mutating func settingsAcknowledged() {
        tableSizeMax = announced
        awaitsSizeUpdate = table.sizeMax > announced
    }

    /// Reads a whole header block; `section` is emptied first.
    ///
    /// A section of more than `sectionBytes` (RFC 9113 §6.5.2) or of more than `fieldsMax` regular
    /// fields has a fault, and what is beyond the bound is not copied. So the work is bounded by the
    /// size of the block and the memory by the bound, even when one octet stands for a long field.
    package mutating func decode(
        _ block: Span<UInt8>, into section: inout FieldSection, sectionBytes: Int, fieldsMax: Int
    ) throws(HPACKError) {
        section.begin(sectionBytes: sectionBytes, fieldsMax: fieldsMax)
        var position = 0
        try readSizeUpdates(block, at: &position)
        while position < block.count {
            // RFC 7541 §6: the first bits tell the representations apart.
            let first = block[position]
            if first & 0x80 != 0 {
                let index = try PrefixedInteger.read(block, at: &position, prefix: 7)
                try appendIndexed(index, to: &section)
            } else if first & 0xc0 == 0x40 {
                let index = try PrefixedInteger.read(block, at: &position, prefix: 6)
                let start = section.fields.arena.count
                let entry = try readLiteral(block, at: &position, name: index, into: &section)
                table.insert(entry, line: section.fields.arena.span.extracting(start...))
                section.append(entry, lineAt: start)
            } else if first & 0xe0 == 0x20 {
                throw .sizeUpdateNotFirst
            } else {
                let index = try PrefixedInteger.read(block, at: &position, prefix: 4)
                let start = section.fields.arena.count
                let entry = try readLiteral(block, at: &position, name: index, into: &section)
                section.append(entry, lineAt: start, isNeverIndexed: first & 0x10 != 0)
            }
        }
    }

    /// Reads what stands before the first field (RFC 7541 §4.2, §6.3).
    private mutating func readSizeUpdates(
        _ block: Span<UInt8>, at position: inout Int
    ) throws(HPACKError) {
        while position < block.count, block[position] & 0xe0 == 0x20 {
            let size = try PrefixedInteger.read(block, at: &position, prefix: 5)
            guard size <= tableSizeMax else { throw .sizeUpdateAboveLimit }
            table.setSizeMax(size)
            awaitsSizeUpdate = false
        }
        guard !awaitsSizeUpdate else { throw .missingSizeUpdate }
    }

    @inline(__always)
    private func appendIndexed(
        _ index: Int, to section: inout FieldSection
    ) throws(HPACKError) {
        if index > StaticTable.count {
            guard let entry = table.entry(age: index - StaticTable.count - 1) else {
                throw .indexOutOfRange
            }
            let start = table.start(of: entry)
            section.append(
                entry, line: table.bytes.span.extracting(start..<start + entry.lineCount))
        } else {
            guard index > 0 else { throw .indexOutOfRange }
            let entry = shared.entries[index - 1]
            let start = Int(entry.start)
            section.append(
                entry, line: shared.bytes.span.extracting(start..<start + entry.lineCount))
        }
    }

    /// Reads a literal field's name, unless it is that of the entry at `index`, and its value, and
    /// appends its line to the arena of `section`.
    private func readLiteral(
        _ block: Span<UInt8>, at position: inout Int, name index: Int,
        into section: inout FieldSection
    ) throws(HPACKError) -> TableEntry {
        let start = section.fields.arena.count
        var entry = try readName(block, at: &position, index: index, into: &section.fields.arena)
        section.fields.arena.append(.colon)
        section.fields.arena.append(.space)
        let valueStart = section.fields.arena.count
        try Self.readString(block, at: &position, into: &section.fields.arena)
        let value = valueStart..<section.fields.arena.count
        entry.valueCount = UInt32(truncatingIfNeeded: value.count)
        entry.fault =
            entry.fault
            ?? FieldFault(value: section.fields.arena.span.extracting(value), of: entry.name)
        section.fields.arena.append(.carriageReturn)
        section.fields.arena.append(.lineFeed)
        assert(section.fields.arena.count == start + entry.lineCount)
        return entry
    }

    private func readName(
        _ block: Span<UInt8>, at position: inout Int, index: Int, into arena: inout [UInt8]
    ) throws(HPACKError) -> TableEntry {
        if index > StaticTable.count {
            guard var entry = table.entry(age: index - StaticTable.count - 1) else {
                throw .indexOutOfRange
            }
            let name = entry.nameRange(from: table.start(of: entry))
            arena.append(copying: table.bytes.span.extracting(name))
            entry.fault = entry.nameFault
            return entry
        }
        if index > 0 {
            var entry = shared.entries[index - 1]
            let name = entry.nameRange(from: Int(entry.start))
            arena.append(copying: shared.bytes.span.extracting(name))
            entry.fault = entry.nameFault
            return entry
        }
        let start = arena.count
        try Self.readString(block, at: &position, into: &arena)
        let name = arena.span.extracting(start...)
        let known = FieldName(name)
        return TableEntry(
            nameCount: UInt32(truncatingIfNeeded: name.count), valueCount: 0, name: known,
            pseudo: known == .other ? PseudoField(name) : nil,
            fault: FieldFault(name: name, known))
    }

    /// Appends a string literal (RFC 7541 §5.2).
    private static func readString(
        _ block: Span<UInt8>, at position: inout Int, into arena: inout [UInt8]
    ) throws(HPACKError) {
        guard position < block.count else { throw .truncatedBlock }
        let isHuffmanCoded = block[position] & 0x80 != 0
        let count = try PrefixedInteger.read(block, at: &position, prefix: 7)
        guard count <= block.count - position else { throw .truncatedBlock }
        let string = block.extracting(position..<position + count)
        position += count
        guard isHuffmanCoded else { return arena.append(copying: string) }
        try arena.append(addingCapacity: HuffmanDecoder.countMax(ofCoded: count)) {
            (room) throws(HPACKError) in
            try HuffmanDecoder.decode(string, into: &room)
        }
    }
}
