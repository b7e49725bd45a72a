// SPDX-License-Identifier: Apache-2.0
import Testing

@testable import DNS

@Suite struct DNSNameTests {
    @Test(arguments: [
        ("shop.example.com", "shop.example.com"), ("shop.example.com.", "shop.example.com"),
        (".", "."), ("com", "com"), ("_acme-challenge.a.b", "_acme-challenge.a.b"),
        (#"a\.b.c"#, #"a\.b.c"#), (#"\000\255.x"#, #"\000\255.x"#), (#"a\\b"#, #"a\\b"#),
    ])
    func `text is read and written back`(text: String, expected: String) throws {
        let name = try #require(DNSName(text))
        #expect(name.description == expected)
        #expect(DNSName(name.absolute) == name)
    }

    @Test(arguments: [
        "", "a..b", ".a", "..", "a b", "bücher.example", #"a\"#, #"a\25"#, #"a\256"#, #"a\1x2"#,
        String(repeating: "a", count: 64),
        Array(repeating: String(repeating: "a", count: 63), count: 4).joined(separator: "."),
    ])
    func `text that is no name is refused`(text: String) {
        #expect(DNSName(text) == nil)
    }

    @Test func `a name of 255 bytes is the longest`() throws {
        let long = Array(repeating: String(repeating: "a", count: 63), count: 3)
        let name = try #require(
            DNSName((long + [String(repeating: "b", count: 61)]).joined(separator: ".")))
        #expect(name.wire.count == 255)
        #expect(DNSName((long + [String(repeating: "b", count: 62)]).joined(separator: ".")) == nil)
    }

    @Test func `names are equal in any case, keep their own, and are shown in lower case`() {
        let upper = DNSName("SHOP.Example.COM")!
        let lower = DNSName("shop.example.com")!
        #expect(upper == lower)
        #expect(Set([upper, lower]).count == 1)
        #expect(upper.wire != lower.wire)
        #expect(upper.description == "shop.example.com")
        // '@' and '`' differ in the same bit as the letters do.
        #expect(DNSName(#"\064"#) != DNSName(#"\096"#))
    }

    @Test func `parents lead to the root`() {
        let names = sequence(first: DNSName("a.b.c")!, next: \.parent).map(\.description)
        #expect(names == ["a.b.c", "b.c", "c", "."])
    }

    @Test(arguments: [
        ("a.example", "example", true), ("example", "example", true),
        ("A.EXAMPLE", "example", true),
        ("aexample", "example", false), ("example", "a.example", false), ("x.y", ".", true),
    ])
    func `a name is within those above it`(name: String, ancestor: String, expected: Bool) {
        #expect(DNSName(name)!.isWithin(DNSName(ancestor)!) == expected)
    }

    @Test func `a DNAME moves what is below its owner`() {
        let old = DNSName("old.example")!
        let new = DNSName("new.test")!
        #expect(DNSName("a.b.OLD.example")!.moved(from: old, to: new) == DNSName("a.b.new.test"))
        #expect(old.moved(from: old, to: new) == nil)
        #expect(DNSName("a.other")!.moved(from: old, to: new) == nil)
        let long = DNSName(
            Array(repeating: String(repeating: "a", count: 60), count: 4).joined(separator: "."))!
        #expect(DNSName("some.what.long.old.example")!.moved(from: old, to: long) == nil)
    }

    @Test func `mixing the case changes letters only`() {
        var random = SystemRandomNumberGenerator()
        let name = DNSName("shop-1.example.com")!
        let mixed = (0..<64).map { _ in name.mixingCase(using: &random) }
        #expect(mixed.allSatisfy { $0 == name })
        #expect(Set(mixed.map(\.wire)).count > 16)
    }
}
