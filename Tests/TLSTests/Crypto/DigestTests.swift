// SPDX-License-Identifier: Apache-2.0
import TLS
import Testing

@Suite struct DigestTests {
    // FIPS 180-2 appendix B.
    @Test(arguments: [
        ("abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"),
        ("", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"),
    ])
    func `SHA-256 is the standard's`(message: String, digest: String) {
        #expect(hexadecimal(Digest.sha256(Array(message.utf8))) == digest)
    }

    // RFC 4231 §4.2, §4.3.
    @Test(arguments: [
        (
            [UInt8](repeating: 0x0b, count: 20), "Hi There",
            "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7"
        ),
        (
            Array("Jefe".utf8), "what do ya want for nothing?",
            "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"
        ),
        (
            [], "",
            "b613679a0814d9ec772f95d778c35fc5ff1697c493715653c6c712144292c5ad"
        ),
    ])
    func `HMAC is the standard's`(key: [UInt8], message: String, code: String) {
        #expect(hexadecimal(Digest.hmacSHA256(key: key, Array(message.utf8))) == code)
    }

    @Test func `secrets are compared whole`() {
        #expect(Digest.constantTimeEquals([1, 2, 3], [1, 2, 3]))
        #expect(!Digest.constantTimeEquals([1, 2, 3], [1, 2, 4]))
        #expect(!Digest.constantTimeEquals([1, 2, 3], [1, 2]))
        #expect(Digest.constantTimeEquals([], []))
    }

    @Test func `random bytes differ`() {
        #expect(Digest.randomBytes(0).isEmpty)
        #expect(Digest.randomBytes(16).count == 16)
        #expect(Digest.randomBytes(16) != Digest.randomBytes(16))
    }
}
