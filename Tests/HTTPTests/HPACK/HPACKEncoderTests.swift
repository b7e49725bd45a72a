// SPDX-License-Identifier: Apache-2.0
import Networking
import Testing

@testable import HTTP

@Suite struct HPACKEncoderTests {
    /// The first octet of a block of one field, which tells its representation.
    private func representation(_ name: String, _ value: String) -> UInt8 {
        var encoder = HPACKEncoder()
        return encoder.encode([ListedField(name, value)])[0]
    }

    /// RFC 7541 §7.1.3.
    @Test(arguments: [
        ("authorization", "Bearer 0123456789abcdef0123"), ("proxy-authorization", "Basic YTpi"),
        ("cookie", "0123456789012345678"),
    ])
    func `secrets that could be guessed are in no table`(name: String, value: String) {
        #expect(representation(name, value) & 0xf0 == 0x10)
    }

    @Test(arguments: [
        ("content-length", "17"), ("etag", "\"a\""), ("set-cookie", "a=b"), ("age", "3"),
        ("location", "/a"), ("if-none-match", "\"a\""),
        ("if-modified-since", "Mon, 21 Oct 2013 20:13:21 GMT"),
        ("x-long", String(repeating: "v", count: 3100)),
    ])
    func `values that do not come again are not indexed`(name: String, value: String) {
        #expect(representation(name, value) & 0xf0 == 0x00)
    }

    @Test(arguments: [
        ("server", "s"), ("x-a", "b"), ("cookie", "01234567890123456789"), ("x-forwarded-for", "a"),
    ])
    func `every other field is indexed and then one octet`(name: String, value: String) {
        var encoder = HPACKEncoder()
        let list = [ListedField(name, value)]
        #expect(encoder.encode(list)[0] & 0xc0 == 0x40)
        #expect(encoder.encode(list) == [0xbe])
        // Names are the same in any case.
        #expect(encoder.encode([ListedField(name.uppercased(), value)]) == [0xbe])
        #expect(encoder.encode([ListedField(name, value + "x")])[0] & 0xc0 == 0x40)
        #expect(encoder.encode(list) == [0xbf])
    }

    @Test func `fields of the static table are one octet`() {
        var encoder = HPACKEncoder()
        let shared = StaticTable.shared
        for (index, entry) in shared.entries.enumerated() {
            let start = Int(entry.start)
            let name = String(latin1: shared.bytes[entry.nameRange(from: start)])
            let value = String(latin1: shared.bytes[entry.valueRange(from: start)])
            guard entry.pseudo == nil, entry.fault == nil else { continue }
            guard index + 1 != StaticTable.authorization else { continue }
            #expect(encoder.encode([ListedField(name, value)]) == [0x80 | UInt8(index + 1)])
        }
        for (status, octet) in [
            (200, 0x88), (204, 0x89), (206, 0x8a), (304, 0x8b), (400, 0x8c), (404, 0x8d),
            (500, 0x8e as UInt8),
        ] {
            #expect(encoder.encode([ListedField(":status", String(status))]) == [octet])
        }
        let request = [":method": "POST", ":scheme": "http", ":path": "/index.html"]
        #expect(encoder.encode(request.map { ListedField($0, $1) }) == [0x83, 0x86, 0x85])
    }

    /// RFC 9113 §8.2.2.
    @Test func `fields that concern one connection of HTTP 1 are left out`() {
        var encoder = HPACKEncoder()
        for name in [
            "Connection", "Keep-Alive", "proxy-connection", "transfer-encoding", "upgrade",
        ] {
            #expect(encoder.encode([ListedField(name, "x")]).isEmpty)
        }
        #expect(encoder.table.count == 0)
    }

    @Test func `names are written in lower case`() throws {
        var encoder = HPACKEncoder()
        var decoder = HPACKDecoder()
        let block = encoder.encode([ListedField("X-Some^NAME_", "Value"), ListedField("~!A", "b")])
        #expect(
            try decoder.decode(block).list
                == [ListedField("x-some^name_", "Value"), ListedField("~!a", "b")])
    }

    // MARK: The table's size (RFC 7541 §4.2, §6.3)

    @Test func `a new limit is told with the next block, the least first`() {
        var encoder = HPACKEncoder()
        encoder.setTableSizeLimit(4096)
        #expect(encoder.encode([]).isEmpty)
        encoder.setTableSizeLimit(100)
        #expect(encoder.encode([]) == Array(hex: "3f 45"))
        #expect(encoder.encode([]).isEmpty)
        encoder.setTableSizeLimit(0)
        encoder.setTableSizeLimit(50)
        encoder.setTableSizeLimit(2000)
        #expect(encoder.encode([]) == Array(hex: "20 3f b1 0f"))
        // We use no more than we want to.
        encoder.setTableSizeLimit(1 << 30)
        #expect(encoder.encode([]) == Array(hex: "3f e1 1f"))
        #expect(encoder.table.sizeMax == 4096)
    }

    @Test func `an encoder that wants less than the initial table says so`() {
        var encoder = HPACKEncoder(tableSize: 0)
        #expect(encoder.encode([ListedField("x-a", "b")])[0] == 0x20)
        #expect(encoder.table.count == 0)
        encoder.setTableSizeLimit(4096)
        #expect(encoder.encode([ListedField("x-a", "b")])[0] & 0xf0 == 0)
    }

    @Test func `a lower limit pushes entries out at once`() {
        var encoder = HPACKEncoder()
        _ = encoder.encode([ListedField("x-a", "b")])
        encoder.setTableSizeLimit(0)
        encoder.setTableSizeLimit(4096)
        let block = encoder.encode([ListedField("x-a", "b")])
        #expect(Array(block.prefix(4)) == Array(hex: "20 3f e1 1f"))
        #expect(block[4] == 0x40)
    }

    @Test func `the memory of a table is bounded, however much goes through it`() {
        var encoder = HPACKEncoder()
        for number in 0..<4000 {
            _ = encoder.encode([
                ListedField("n\(number % 300)", String(repeating: "v", count: number % 120))
            ])
            #expect(encoder.table.size <= 4096)
            #expect(encoder.table.bytes.count <= 2 * 4096)
        }
        #expect(encoder.table.size > 3500)
    }

    @Test func `the block's memory can be given back`() {
        var encoder = HPACKEncoder()
        _ = encoder.encode([ListedField("x-a", "b")])
        encoder.releaseBlock()
        #expect(encoder.block.capacity == 0)
        #expect(encoder.encode([ListedField("x-a", "b")]) == [0xbe])
    }
}
