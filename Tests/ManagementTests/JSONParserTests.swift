// SPDX-License-Identifier: Apache-2.0
import Registry
import Testing

@testable import Management

@Suite struct JSONParserTests {
    private func parse(_ text: String) throws -> JSONValue {
        try JSONParser.parse(Array(text.utf8))
    }

    @Test(arguments: [
        ("{}", JSONValue.object([:])), ("[]", .array([])), (" \n1 ", .integer(1)),
        ("-0", .integer(0)), ("1.5e2", .number(150)),
        ("123456789012345678901", .number(1.2345678901234568e20)),
        (#""\u00e9\ud83d\ude00\/""#, .string("é😀/")),
        (#"{"a":[true,false,null,"x"]}"#, .object(["a": [true, false, nil, "x"]])),
    ])
    func `what RFC 8259 allows is read`(text: String, value: JSONValue) throws {
        #expect(try parse(text) == value)
    }

    @Test(arguments: [
        "", " ", "{", "[1,]", "{\"a\":1,}", "01", "1.", ".5", "1e", "+1", "nul", "True", "'a'",
        "\"\t\"", #""\x""#, #""\ud800""#, #""\ud800\u0041""#, #""\udc00""#, "1 2", "{\"a\" 1}",
        "{a:1}", "1e999", #"{"a":1,"a":2}"#, "\u{feff}{}", "[1 2]", "NaN",
    ])
    func `what it does not is refused`(text: String) {
        #expect(throws: JSONFault.self) { try parse(text) }
    }

    @Test func `a text that is not UTF-8 is refused`() {
        #expect(throws: JSONFault.self) { try JSONParser.parse([0x22, 0xc3, 0x28, 0x22]) }
    }

    @Test func `nesting ends at the bound`() throws {
        let depth = JSONParser.depthMax
        func nested(_ depth: Int) -> String {
            String(repeating: "[", count: depth) + String(repeating: "]", count: depth)
        }
        _ = try parse(nested(depth))
        #expect(throws: JSONFault.self) { try parse(nested(depth + 1)) }
        #expect(throws: JSONFault.self) { try parse(nested(10_000)) }
        #expect(throws: JSONFault.self) { try parse(String(repeating: "{\"a\":", count: 10_000)) }
    }

    @Test func `what is read is written the same`() throws {
        let text = #"{"a":[1,1.5,"é\n\"",null,true],"b":{"c":{}}}"#
        #expect(String(decoding: try parse(text).text, as: UTF8.self) == text)
    }
}
