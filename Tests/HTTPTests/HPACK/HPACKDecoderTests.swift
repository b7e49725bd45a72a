// SPDX-License-Identifier: Apache-2.0
import Networking
import Testing

@testable import HTTP

@Suite struct HPACKDecoderTests {
    // MARK: What ends the connection

    @Test(arguments: [
        // RFC 7541 §2.3.3, §6.1.
        ("80", HPACKError.indexOutOfRange), ("be", .indexOutOfRange), ("ff 00", .indexOutOfRange),
        ("ff ff ff ff 7f", .indexOutOfRange), ("7e 01 61", .indexOutOfRange),
        ("0f 2f 01 61", .indexOutOfRange), ("1f 2f 01 61", .indexOutOfRange),
        // One entry: 62 is there, 63 is not.
        ("40 01 61 01 62 bf", .indexOutOfRange),
        // RFC 7541 §5.1: 2^64, 2^63, many zeros, in an index, a length and a size.
        ("ff 81 ff ff ff ff ff ff ff ff 01", .integerTooLarge),
        ("ff ff ff ff ff ff ff ff ff ff 7f", .integerTooLarge),
        ("ff 80 80 80 80 80 00", .integerTooLarge),
        ("40 7f 80 80 80 80 80 80 80 80 80 01", .integerTooLarge),
        ("40 01 61 ff 80 80 80 80 80 80 80 80 80 01", .integerTooLarge),
        ("3f 80 80 80 80 80 80 80 80 80 02", .integerTooLarge),
        // RFC 7541 §5.2.
        ("40 82 ff ff 01 61", .malformedPadding), ("40 01 61 81 00", .malformedPadding),
        ("40 84 ff ff ff ff 01 61", .endOfStringSymbol),
        // RFC 7541 §6.3, §4.2.
        ("3f e2 1f", .sizeUpdateAboveLimit), ("3f ff ff ff ff 7f", .sizeUpdateAboveLimit),
        ("82 20", .sizeUpdateNotFirst), ("20 82 3f e1 1f", .sizeUpdateNotFirst),
        ("00 01 61 01 62 20", .sizeUpdateNotFirst),
        // A table of size 0 holds nothing.
        ("20 40 01 61 01 62 be", .indexOutOfRange),
    ])
    func `a block that cannot be read is an error`(hex: String, error: HPACKError) {
        var decoder = HPACKDecoder()
        #expect(throws: error) { try decoder.decode(Array(hex: hex)) }
    }

    @Test func `a block that ends within a field is an error`() throws {
        for hex in ["40 03 61 62 63 03 64 65 66", "0f 10 03 64 65 66", "ff 80 01", "3f e1 1f"] {
            let block = Array<UInt8>(hex: hex)
            for count in 1..<block.count {
                var decoder = HPACKDecoder()
                #expect(throws: HPACKError.truncatedBlock, "\(hex) cut at \(count)") {
                    try decoder.decode(Array(block.prefix(count)))
                }
            }
        }
    }

    @Test func `integers of 35 bits are read, with leading zeros too`() throws {
        for (hex, value) in [
            ("ff 00", 127), ("ff 80 80 80 80 00", 127), ("ff ff ff ff ff 7f", 127 + 0x7_ffff_ffff),
        ] {
            var position = 0
            let bytes = Array<UInt8>(hex: hex)
            #expect(try PrefixedInteger.read(bytes.span, at: &position, prefix: 7) == value)
            #expect(position == bytes.count)
        }
    }

    // MARK: The table's size

    @Test func `several size updates before the first field are obeyed`() throws {
        var decoder = HPACKDecoder()
        _ = try decoder.decode(Array(hex: "40 01 61 01 62"))
        #expect(decoder.table.count == 1)
        let section = try decoder.decode(Array(hex: "20 3f e1 1f 82"))
        #expect(section.list == [ListedField(":method", "GET")])
        #expect(decoder.table.count == 0)
        #expect(decoder.table.sizeMax == 4096)
        _ = try decoder.decode(Array(hex: "3f e1 1f 3e 3f 01"))
        #expect(decoder.table.sizeMax == 32)
    }

    @Test func `a table can be made as large as announced, and no larger`() throws {
        var decoder = HPACKDecoder(tableSize: 65_536)
        #expect(decoder.table.sizeMax == 4096)
        _ = try decoder.decode(Array(hex: "3f e1 ff 03"))
        #expect(decoder.table.sizeMax == 65_536)
        #expect(throws: HPACKError.sizeUpdateAboveLimit) {
            try decoder.decode(Array(hex: "3f e2 ff 03"))
        }
    }

    /// RFC 9113 §4.3.1.
    @Test func `a smaller table than the initial one holds once the settings are acknowledged`()
        throws
    {
        var decoder = HPACKDecoder(tableSize: 0)
        _ = try decoder.decode(Array(hex: "40 01 61 01 62"))
        #expect(try decoder.decode(Array(hex: "be")).list == [ListedField("a", "b")])
        decoder.settingsAcknowledged()
        var obedient = decoder
        #expect(try obedient.decode(Array(hex: "20 82")).fault == nil)
        #expect(try obedient.decode(Array(hex: "82")).fault == nil)
        #expect(throws: HPACKError.sizeUpdateAboveLimit) { try obedient.decode([0x21]) }
        #expect(throws: HPACKError.missingSizeUpdate) { try decoder.decode([0x82]) }
    }

    /// RFC 7541 §4.4.
    @Test func `an entry larger than the table empties it, and is a field all the same`() throws {
        var decoder = HPACKDecoder()
        _ = try decoder.decode(Array(hex: "3f 15 40 01 61 01 62"))
        #expect(decoder.table.sizeMax == 52)
        #expect(decoder.table.list == [ListedField("a", "b")])
        // The name is that of the entry which makes room: 1 + 20 + 32.
        let section = try decoder.decode([0x7e, 20] + Array(repeating: 0x63, count: 20))
        #expect(section.list == [ListedField("a", String(repeating: "c", count: 20))])
        #expect(decoder.table.count == 0)
        #expect(decoder.table.size == 0)
        _ = try decoder.decode(Array(hex: "40 01 64 01 65"))
        #expect(decoder.table.list == [ListedField("d", "e")])
    }

    @Test func `the name of an entry that its successor pushes out is still read`() throws {
        var decoder = HPACKDecoder()
        _ = try decoder.decode(Array(hex: "3f 15 40 01 61 01 62"))
        #expect(try decoder.decode(Array(hex: "7e 01 63")).list == [ListedField("a", "c")])
        #expect(decoder.table.list == [ListedField("a", "c")])
    }

    @Test func `the memory of a table is bounded, however much goes through it`() throws {
        var decoder = HPACKDecoder()
        for number in 0..<4000 {
            let name = Array("n\(number)".utf8)
            let value = [UInt8](repeating: 0x76, count: number % 120)
            let block = [0x40, UInt8(name.count)] + name + [UInt8(value.count)] + value
            _ = try decoder.decode(block)
            #expect(decoder.table.size <= 4096)
            #expect(decoder.table.bytes.count <= 2 * 4096)
        }
        #expect(decoder.table.size > 3500)
        #expect(decoder.table.list.first?.name == "n3999")
    }

    @Test func `a decoder that was never used holds no table`() {
        #expect(HPACKDecoder().table.bytes.capacity == 0)
    }

    // MARK: Bounds of a section

    /// One octet stands for an entry of 4 KiB.
    @Test func `references expand no further than the bound`() throws {
        var decoder = HPACKDecoder()
        let value = [UInt8](repeating: 0x76, count: 4096 - 32 - 1)
        _ = try decoder.decode([0x40, 0x01, 0x61, 0x7f, 0xe0, 0x1e] + value)
        #expect(decoder.table.size == 4096)
        let references = [UInt8](repeating: 0xbe, count: 100_000)
        let section = try decoder.decode(references, sectionBytes: 32_768, fieldsMax: 1 << 20)
        #expect(section.fault == .sectionTooLarge)
        #expect(section.size == 100_000 * 4096)
        #expect(section.fields.count == 8)
        #expect(section.fields.arena.count <= 32_768)
    }

    @Test func `a section may be as large as the bound`() throws {
        let block = Array<UInt8>(hex: "82 00 01 61 01 62")
        for (bound, fault) in [(42 + 34, nil), (42 + 33, FieldFault.sectionTooLarge)] {
            var decoder = HPACKDecoder()
            let section = try decoder.decode(block, sectionBytes: bound)
            #expect(section.fault == fault)
            #expect(section.size == 42 + 34)
            #expect(section.fields.count == (fault == nil ? 1 : 0))
        }
    }

    @Test func `a section may have as many fields as the bound`() throws {
        var decoder = HPACKDecoder()
        let block = Array<UInt8>(hex: "82 87 84") + Array(repeating: 0x93, count: 10)
        #expect(try decoder.decode(block, fieldsMax: 10).fault == nil)
        let section = try decoder.decode(block, fieldsMax: 9)
        #expect(section.fault == .tooManyFields)
        #expect(section.fields.count == 9)
    }

    @Test func `a literal beyond the bound is in the table and not in the section`() throws {
        var decoder = HPACKDecoder()
        let section = try decoder.decode(Array(hex: "40 01 61 01 62"), sectionBytes: 33)
        #expect(section.fault == .sectionTooLarge)
        #expect(section.fields.arena.isEmpty)
        #expect(try decoder.decode([0xbe]).list == [ListedField("a", "b")])
    }

    // MARK: Sections

    @Test func `pseudo-header fields lie apart and the others are lines`() throws {
        var decoder = HPACKDecoder()
        var encoder = HPACKEncoder()
        let list = [
            (":method", "CONNECT"), (":scheme", "https"), (":authority", "a.example"),
            (":path", "/chat"), (":protocol", "websocket"), ("user-agent", "u"), ("x-a", ""),
        ].map { ListedField($0, $1) }
        var block = encoder.encode(list)
        for _ in 0..<2 {
            let section = try decoder.decode(block)
            #expect(section.list == list)
            #expect(section.fields.count == 2)
            #expect(section.fields.contains(.userAgent))
            #expect(section.fields.entries.allSatisfy { $0.isLine })
            let lines = section.fields.entries[0].nameStart..<UInt32(section.fields.arena.count)
            #expect(
                String(latin1: section.fields.arena[Int(lines.lowerBound)...])
                    == "user-agent: u\r\nx-a: \r\n")
            #expect(section.size == list.reduce(0) { $0 + $1.name.count + $1.value.count + 32 })
            block = encoder.encode(list)
        }
    }

    @Test func `the sender's wish that a field is in no table is kept`() throws {
        var decoder = HPACKDecoder()
        let section = try decoder.decode(Array(hex: "10 01 61 01 62 00 01 61 01 63"))
        #expect(section.list.map(\.isNeverIndexed) == [true, false])
        var encoder = HPACKEncoder()
        encoder.begin()
        encoder.append(section.fields)
        let again = encoder.block.withReadable { bytes in bytes.indices.map { bytes[$0] } }
        #expect(again == Array(hex: "10 01 61 01 62 40 01 61 01 63"))
    }
}
