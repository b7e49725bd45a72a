// SPDX-License-Identifier: Apache-2.0
import Networking
import Testing

@testable import HTTP

/// The examples of RFC 7541 Appendix C, all of them.
@Suite struct HPACKExampleTests {
    @Test(arguments: [
        ("C.1.1", UInt8(5), 10, "0a"), ("C.1.2", 5, 1337, "1f 9a 0a"), ("C.1.3", 8, 42, "2a"),
    ])
    func `integers are written and read as in C.1`(
        section: String, prefix: UInt8, value: Int, hex: String
    ) throws {
        var block = ByteBuffer()
        PrefixedInteger.write(value, prefix: prefix, pattern: 0, into: &block)
        let bytes = block.take(block.readableCount)
        #expect(bytes == Array(hex: hex))
        var position = 0
        #expect(try PrefixedInteger.read(bytes.span, at: &position, prefix: prefix) == value)
        #expect(position == bytes.count)
    }

    /// A block, what it says, and the dynamic table after it.
    struct Example: Sendable {
        var section: String
        var hex: String
        var list: HeaderList
        /// The entries, the newest first.
        var table: HeaderList
        var tableSize: Int
    }

    private static let representations = [
        Example(
            section: "C.2.1",
            hex: "400a 6375 7374 6f6d 2d6b 6579 0d63 7573 746f 6d2d 6865 6164 6572",
            list: [ListedField("custom-key", "custom-header")],
            table: [ListedField("custom-key", "custom-header")], tableSize: 55),
        Example(
            section: "C.2.2", hex: "040c 2f73 616d 706c 652f 7061 7468",
            list: [ListedField(":path", "/sample/path")], table: [], tableSize: 0),
        Example(
            section: "C.2.3", hex: "1008 7061 7373 776f 7264 0673 6563 7265 74",
            list: [ListedField("password", "secret", isNeverIndexed: true)], table: [],
            tableSize: 0),
        Example(
            section: "C.2.4", hex: "82", list: [ListedField(":method", "GET")], table: [],
            tableSize: 0),
    ]

    @Test(arguments: representations)
    func `each representation of C.2 is read`(example: Example) throws {
        var decoder = HPACKDecoder()
        try check([example], with: &decoder)
    }

    /// C.3 and C.4 say the same in the same order.
    private static let requests: [(list: HeaderList, table: HeaderList, tableSize: Int)] = [
        (
            [
                ListedField(":method", "GET"), ListedField(":scheme", "http"),
                ListedField(":path", "/"), ListedField(":authority", "www.example.com"),
            ], [ListedField(":authority", "www.example.com")], 57
        ),
        (
            [
                ListedField(":method", "GET"), ListedField(":scheme", "http"),
                ListedField(":path", "/"), ListedField(":authority", "www.example.com"),
                ListedField("cache-control", "no-cache"),
            ],
            [
                ListedField("cache-control", "no-cache"),
                ListedField(":authority", "www.example.com"),
            ], 110
        ),
        (
            [
                ListedField(":method", "GET"), ListedField(":scheme", "https"),
                ListedField(":path", "/index.html"), ListedField(":authority", "www.example.com"),
                ListedField("custom-key", "custom-value"),
            ],
            [
                ListedField("custom-key", "custom-value"),
                ListedField("cache-control", "no-cache"),
                ListedField(":authority", "www.example.com"),
            ], 164
        ),
    ]

    private static let plainRequests = [
        "8286 8441 0f77 7777 2e65 7861 6d70 6c65 2e63 6f6d",
        "8286 84be 5808 6e6f 2d63 6163 6865",
        "8287 85bf 400a 6375 7374 6f6d 2d6b 6579 0c63 7573 746f 6d2d 7661 6c75 65",
    ]

    private static let codedRequests = [
        "8286 8441 8cf1 e3c2 e5f2 3a6b a0ab 90f4 ff",
        "8286 84be 5886 a8eb 1064 9cbf",
        "8287 85bf 4088 25a8 49e9 5ba9 7d7f 8925 a849 e95b b8e8 b4bf",
    ]

    @Test(arguments: [("C.3", plainRequests), ("C.4", codedRequests)])
    func `the requests of C.3 and C.4 are read`(section: String, blocks: [String]) throws {
        var decoder = HPACKDecoder()
        let examples = zip(blocks, Self.requests).map {
            Example(
                section: section, hex: $0, list: $1.list, table: $1.table,
                tableSize: $1.tableSize)
        }
        try check(examples, with: &decoder)
    }

    @Test func `our encoder writes the requests of C.4 in the same octets`() {
        var encoder = HPACKEncoder()
        for (block, request) in zip(Self.codedRequests, Self.requests) {
            let written = encoder.encode(request.list)
            // Our order is method, scheme, authority, path.
            #expect(written.sorted() == Array(hex: block).sorted())
        }
    }

    /// C.5 and C.6 say the same in the same order.
    private static let responses: [(list: HeaderList, table: HeaderList, tableSize: Int)] = {
        let location = ListedField("location", "https://www.example.com")
        let date = ListedField("date", "Mon, 21 Oct 2013 20:13:21 GMT")
        let later = ListedField("date", "Mon, 21 Oct 2013 20:13:22 GMT")
        let cacheControl = ListedField("cache-control", "private")
        let encoding = ListedField("content-encoding", "gzip")
        let cookie = ListedField(
            "set-cookie", "foo=ASDJKHQKBZXOQWEOPIUAXQWEOIU; max-age=3600; version=1")
        let found = ListedField(":status", "302")
        let temporary = ListedField(":status", "307")
        return [
            ([found, cacheControl, date, location], [location, date, cacheControl, found], 222),
            (
                [temporary, cacheControl, date, location],
                [temporary, location, date, cacheControl], 222
            ),
            (
                [ListedField(":status", "200"), cacheControl, later, location, encoding, cookie],
                [cookie, encoding, later], 215
            ),
        ]
    }()

    private static let plainResponses = [
        """
        4803 3330 3258 0770 7269 7661 7465 611d 4d6f 6e2c 2032 3120 4f63 7420 3230 3133 2032 303a
        3133 3a32 3120 474d 546e 1768 7474 7073 3a2f 2f77 7777 2e65 7861 6d70 6c65 2e63 6f6d
        """,
        "4803 3330 37c1 c0bf",
        """
        88c1 611d 4d6f 6e2c 2032 3120 4f63 7420 3230 3133 2032 303a 3133 3a32 3220 474d 54c0 5a04
        677a 6970 7738 666f 6f3d 4153 444a 4b48 514b 425a 584f 5157 454f 5049 5541 5851 5745 4f49
        553b 206d 6178 2d61 6765 3d33 3630 303b 2076 6572 7369 6f6e 3d31
        """,
    ]

    private static let codedResponses = [
        """
        4882 6402 5885 aec3 771a 4b61 96d0 7abe 9410 54d4 44a8 2005 9504 0b81 66e0 82a6 2d1b ff6e
        919d 29ad 1718 63c7 8f0b 97c8 e9ae 82ae 43d3
        """,
        "4883 640e ffc1 c0bf",
        """
        88c1 6196 d07a be94 1054 d444 a820 0595 040b 8166 e084 a62d 1bff c05a 839b d9ab 77ad 94e7
        821d d7f2 e6c7 b335 dfdf cd5b 3960 d5af 2708 7f36 72c1 ab27 0fb5 291f 9587 3160 65c0 03ed
        4ee5 b106 3d50 07
        """,
    ]

    @Test(arguments: [("C.5", plainResponses), ("C.6", codedResponses)])
    func `the responses of C.5 and C.6 are read, with evictions from a table of 256 octets`(
        section: String, blocks: [String]
    ) throws {
        var decoder = HPACKDecoder()
        // There the size is agreed on beforehand.
        _ = try decoder.decode(Array(hex: "3f e1 01"))
        let examples = zip(blocks, Self.responses).map {
            Example(
                section: section, hex: $0, list: $1.list, table: $1.table,
                tableSize: $1.tableSize)
        }
        try check(examples, with: &decoder)
    }

    private func check(_ examples: [Example], with decoder: inout HPACKDecoder) throws {
        for example in examples {
            let section = try decoder.decode(Array(hex: example.hex))
            #expect(section.fault == nil)
            #expect(section.list == example.list.inSectionOrder, "\(example.section)")
            #expect(decoder.table.size == example.tableSize)
            #expect(decoder.table.list == example.table)
        }
    }
}

extension DynamicTable {
    /// What it holds, the newest first.
    var list: HeaderList {
        (0..<count).compactMap { age in
            entry(age: age).map { entry in
                let start = start(of: entry)
                return ListedField(
                    String(latin1: bytes[entry.nameRange(from: start)]),
                    String(latin1: bytes[entry.valueRange(from: start)]))
            }
        }
    }
}
