// SPDX-License-Identifier: Apache-2.0
package import Networking

/// Writes the header blocks of one direction of a connection, one at a time (RFC 7541 §3).
///
/// The table follows what is written: every block that was begun has to be sent, whole and in order.
package struct HPACKEncoder: ~Copyable, FieldSink {
    /// What was written since `begin()`.
    package private(set) var block = ByteBuffer()

    private(set) var table = DynamicTable(sizeMax: HPACKDecoder.initialTableSize)
    private var index = TableIndex()
    private let shared = StaticTable.shared

    /// What we are willing to use of what the peer allows.
    private let tableSize: Int

    /// The smallest size since the last block and the one that holds now, of which the next block has
    /// to tell (RFC 7541 §4.2).
    private var sizeUpdate: (least: Int, last: Int)?

    package init(tableSize: Int = HPACKDecoder.initialTableSize) {
        self.tableSize = tableSize
        setTableSizeLimit(HPACKDecoder.initialTableSize)
    }

    /// Takes notice of the peer's SETTINGS_HEADER_TABLE_SIZE; the next block tells the peer.
    package mutating func setTableSizeLimit(_ size: Int) {
        let size = min(size, tableSize)
        guard size != (sizeUpdate?.last ?? table.sizeMax) else { return }
        sizeUpdate = (min(size, sizeUpdate?.least ?? size), size)
        table.setSizeMax(size)
    }

    /// Begins a block.
    package mutating func begin() {
        block.clear()
        guard let (least, last) = sizeUpdate else { return }
        sizeUpdate = nil
        if least < last { PrefixedInteger.write(least, prefix: 5, pattern: 0x20, into: &block) }
        PrefixedInteger.write(last, prefix: 5, pattern: 0x20, into: &block)
    }

    /// Gives the block's memory back: what an idle connection does.
    package mutating func releaseBlock() {
        block.clear()
        block.releaseIfEmpty()
    }

    // MARK: Pseudo-header fields

    /// Appends `:status`, of three digits.
    package mutating func append(status: Int) {
        let status = UInt16(clamping: status)
        let digits: InlineArray<3, UInt8> = [
            0x30 + UInt8(truncatingIfNeeded: status / 100 % 10),
            0x30 + UInt8(truncatingIfNeeded: status / 10 % 10),
            0x30 + UInt8(truncatingIfNeeded: status % 10),
        ]
        append(.status, StaticTable.status, digits.span)
    }

    /// Appends a request's pseudo-header fields; an empty one is left out.
    package mutating func append(
        method: Span<UInt8>, scheme: Span<UInt8>, authority: Span<UInt8>, path: Span<UInt8>
    ) {
        append(.method, StaticTable.method, method)
        if !scheme.isEmpty { append(.scheme, StaticTable.scheme, scheme) }
        if !authority.isEmpty { append(.authority, StaticTable.authority, authority) }
        if !path.isEmpty { append(.path, StaticTable.paths, path) }
    }

    /// Appends `:protocol` (RFC 8441 §4).
    package mutating func append(protocolName: Span<UInt8>) {
        append(name: PseudoField.protocolName.text.utf8.span, .other, value: protocolName)
    }

    private mutating func append(
        _ pseudo: PseudoField, _ indices: ClosedRange<Int>, _ value: Span<UInt8>
    ) {
        let found = shared.index(in: indices, value: value)
        guard found == 0 else { return appendIndexed(found) }
        append(
            name: pseudo.text.utf8.span, .other, staticIndex: indices.lowerBound, value: value)
    }

    // MARK: Regular fields

    package mutating func append(_ name: FieldName, _ value: Span<UInt8>) {
        append(name: name.text.utf8.span, name, value: value)
    }

    package mutating func append(name: Span<UInt8>, value: Span<UInt8>) {
        append(name: name, FieldName(name), value: value)
    }

    package mutating func append(_ fields: Fields) {
        let bytes = fields.arena.span
        for entry in fields.entries {
            append(
                name: bytes.extracting(entry.nameRange), entry.name,
                value: bytes.extracting(entry.valueRange), isNeverIndexed: entry.isNeverIndexed)
        }
    }

    /// Fields that concern one connection of HTTP/1.1 are left out (RFC 9113 §8.2.2).
    private mutating func append(
        name: Span<UInt8>, _ known: FieldName, value: Span<UInt8>, isNeverIndexed: Bool = false
    ) {
        guard !FieldNameSet.connectionSpecific.contains(known) else { return }
        let named = known == .other ? shared.index(ofOther: name) : shared.index(of: known)
        if named != 0, !isNeverIndexed {
            let found = shared.index(in: named...named, value: value)
            guard found == 0 else { return appendIndexed(found) }
        }
        append(
            name: name, known, staticIndex: named, value: value, isNeverIndexed: isNeverIndexed)
    }

    /// Appends a field that is not in the static table; 0 when its name is not either.
    private mutating func append(
        name: Span<UInt8>, _ known: FieldName, staticIndex: Int, value: Span<UInt8>,
        isNeverIndexed: Bool = false
    ) {
        let entry = TableEntry(
            nameCount: UInt32(truncatingIfNeeded: name.count),
            valueCount: UInt32(truncatingIfNeeded: value.count), name: known)
        let indexing =
            isNeverIndexed
            ? .never
            : Indexing(
                name: staticIndex, valueCount: value.count, entrySize: entry.size,
                sizeMax: table.sizeMax)
        if staticIndex != 0, indexing != .incremental {
            return appendLiteral(indexing, nameIndex: staticIndex, name: name, value: value)
        }
        let key =
            staticIndex != 0
            ? NameKey(staticIndex: staticIndex)
            : known != .other ? NameKey(known) : NameKey(hashing: name)
        let fingerprint = value.fingerprint
        let (field, nameIndex) = find(key, name: name, value: value, fingerprint: fingerprint)
        if field != 0, indexing == .incremental { return appendIndexed(field) }
        appendLiteral(
            indexing, nameIndex: staticIndex != 0 ? staticIndex : nameIndex, name: name,
            value: value)
        guard indexing == .incremental else { return }
        let number = table.inserted
        table.insert(entry, name: name, value: value)
        index.insert(number, key: key, fingerprint: fingerprint, count: table.count)
    }

    /// The indices in the dynamic table of an entry that is this field and of one with its name; 0:
    /// there is none.
    private func find(
        _ key: NameKey, name: Span<UInt8>, value: Span<UInt8>, fingerprint: UInt32
    ) -> (field: Int, name: Int) {
        guard var number = index.newest(of: key) else { return (0, 0) }
        var nameIndex = 0
        var youngest = 0
        while true {
            let age = Int(table.inserted &- 1 &- number)
            // A number from before the last wrap may look younger than its follower: it is not in the
            // table any more either.
            guard age >= youngest, let entry = table.entry(age: age) else { break }
            let link = index.link(of: number)
            let start = table.start(of: entry)
            if link.key == key, !key.isHash || isName(name, of: entry, at: start) {
                let index = StaticTable.count + 1 + age
                if nameIndex == 0 { nameIndex = index }
                if link.fingerprint == fingerprint,
                    table.bytes.span.extracting(entry.valueRange(from: start)).holdsSame(as: value)
                {
                    return (index, nameIndex)
                }
            }
            number = link.previous
            youngest = age + 1
        }
        return (0, nameIndex)
    }

    private func isName(_ name: Span<UInt8>, of entry: TableEntry, at start: Int) -> Bool {
        table.bytes.span.matches(entry.nameRange(from: start), ignoringCaseOf: name)
    }

    /// RFC 7541 §6.1.
    private mutating func appendIndexed(_ index: Int) {
        PrefixedInteger.write(index, prefix: 7, pattern: 0x80, into: &block)
    }

    /// RFC 7541 §6.2; with index 0 the name is a literal too.
    private mutating func appendLiteral(
        _ indexing: Indexing, nameIndex: Int, name: Span<UInt8>, value: Span<UInt8>
    ) {
        let (bits, prefix) = indexing.pattern
        PrefixedInteger.write(nameIndex, prefix: prefix, pattern: bits, into: &block)
        if nameIndex == 0 { HuffmanEncoder.append(name, .lowerCase, to: &block) }
        HuffmanEncoder.append(value, .asTheyAre, to: &block)
    }
}
