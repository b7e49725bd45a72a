// SPDX-License-Identifier: Apache-2.0
import Foundation
import TLS
import Testing

@Suite struct ServerNameTests {
    @Test(arguments: [
        ("example.com", "example.com"),
        ("Shop.EXAMPLE.com", "shop.example.com"),
        ("example.com.", "example.com"),
        ("xn--bcher-kva.example", "xn--bcher-kva.example"),
        ("1.example.com", "1.example.com"),
        ("3com.com", "3com.com"),
        ("a--b.example", "a--b.example"),
        ("a.1b", "a.1b"),
    ])
    func `a host name is read in lower case without its trailing dot`(text: String, read: String) {
        #expect(ServerName(text)?.text == read)
    }

    @Test(arguments: [
        "", ".", "..", "localhost", "com.", ".example.com", "example..com", "example.com..",
        "-a.example", "a-.example", "a.-example", "a.example-", "a_b.example", "*.example.com",
        "a b.example", "a/b.example", "a:80.example", "bücher.example", "a\0.example",
        "192.0.2.1", "1.2", "example.123", "[2001:db8::1]", "2001:db8::1", "a@b.example",
    ])
    func `anything else is no name`(text: String) {
        #expect(ServerName(text) == nil)
    }

    @Test func `a label has at most 63 bytes`() {
        let label = String(repeating: "a", count: 63)
        #expect(ServerName("\(label).example") != nil)
        #expect(ServerName("\(label)a.example") == nil)
    }

    @Test func `a name has at most 253 bytes without its trailing dot`() {
        let label = String(repeating: "a", count: 49)
        let name = Array(repeating: label, count: 5).joined(separator: ".") + ".abc"
        #expect(name.utf8.count == 253)
        #expect(ServerName(name) != nil)
        #expect(ServerName(name + ".") != nil)
        #expect(ServerName(name + "d") == nil)
        #expect(ServerName(name + "d.") == nil)
    }

    @Test func `names that differ in case are equal`() {
        #expect(ServerName("A.example") == ServerName("a.EXAMPLE"))
        #expect(Set([ServerName("A.example"), ServerName("a.EXAMPLE")]).count == 1)
    }

    @Test func `bytes are read like text`() {
        let bytes = Array("Shop.Example.com".utf8)
        #expect(ServerName(bytes.span) == ServerName("shop.example.com"))
        #expect(ServerName([0x61, 0x2e, 0xff].span) == nil)
    }

    @Test func `the parent of a name lacks its first label`() {
        #expect(ServerName("a.b.example")?.parent == ServerName("b.example"))
        #expect(ServerName("b.example")?.parent == nil)
    }

    @Test func `a name is a string in JSON`() throws {
        let name = try #require(ServerName("a.example"))
        let json = try JSONEncoder().encode([name])
        #expect(String(decoding: json, as: UTF8.self) == #"["a.example"]"#)
        #expect(try JSONDecoder().decode([ServerName].self, from: json) == [name])
        #expect(throws: DecodingError.self) {
            try JSONDecoder().decode([ServerName].self, from: Data(#"["a_b"]"#.utf8))
        }
    }
}
