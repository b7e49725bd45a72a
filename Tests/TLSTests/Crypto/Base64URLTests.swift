// SPDX-License-Identifier: Apache-2.0
import TLS
import Testing

@Suite struct Base64URLTests {
    // RFC 4648 §10, without padding.
    @Test(arguments: [
        ("", ""), ("f", "Zg"), ("fo", "Zm8"), ("foo", "Zm9v"), ("foob", "Zm9vYg"),
        ("fooba", "Zm9vYmE"), ("foobar", "Zm9vYmFy"),
    ])
    func `text is encoded and read back`(plain: String, encoded: String) {
        #expect(Base64URL.encode(Array(plain.utf8)) == encoded)
        #expect(Base64URL.decode(encoded) == Array(plain.utf8))
    }

    @Test func `the alphabet is safe in URLs`() {
        #expect(Base64URL.encode([0xfb, 0xff, 0xbf]) == "-_-_")
        #expect(Base64URL.decode("-_-_") == [0xfb, 0xff, 0xbf])
    }

    @Test func `every byte survives at every length`() {
        for count in 0..<70 {
            let bytes = Digest.randomBytes(count)
            #expect(Base64URL.decode(Base64URL.encode(bytes)) == bytes)
        }
    }

    @Test(arguments: ["A", "AAAAA", "Zg==", "Zh", "Zm9", "a+b/", "a b", "é", "Zm9v\n"])
    func `what nobody would encode is not decoded`(text: String) {
        #expect(Base64URL.decode(text) == nil)
    }
}
