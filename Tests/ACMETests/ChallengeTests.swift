// SPDX-License-Identifier: Apache-2.0
import ACME
import TLS
import Testing

@Suite struct ChallengeTests {
    /// RFC 8555 §8.1: token, period, thumbprint.
    @Test func `a key authorization is the token and the key's thumbprint`() throws {
        let key = try PrivateKey.generate(.p256)
        let text = try Challenge.keyAuthorization(token: "DGyRejmCefe7v4NfDGDKfA", key: key)
        #expect(text == "DGyRejmCefe7v4NfDGDKfA.\(Base64URL.encode(try key.thumbprint()))")
    }

    /// The token becomes a path: RFC 8555 §8.3.
    @Test(arguments: ["", "../etc/passwd", "a b", "a=", "a.b", "tökeń"])
    func `a token outside base64url is refused`(token: String) throws {
        let key = try PrivateKey.generate(.p256)
        #expect(try Challenge.keyAuthorization(token: token, key: key) == nil)
    }

    @Test func `nonces are base64url or nothing`() {
        #expect(Nonce("abc-_09Z") != nil)
        for text in ["", "a b", "a=", "é", String(repeating: "a", count: 600)] {
            #expect(Nonce(text) == nil)
        }
    }

    @Test func `a nonce is given out once, the freshest first`() throws {
        var pool = NoncePool()
        for text in ["a", "b", "c"] { pool.add(Nonce(text)!) }
        #expect(
            [pool.take(), pool.take(), pool.take(), pool.take()].map(\.?.text) == [
                "c", "b", "a", nil,
            ])
    }

    @Test func `the pool forgets the oldest nonces at its bound`() throws {
        var pool = NoncePool()
        for number in 0..<NoncePool.countMax + 5 { pool.add(Nonce("n\(number)")!) }
        #expect(pool.count == NoncePool.countMax)
        #expect(pool.take()?.text == "n\(NoncePool.countMax + 4)")
        var last: Nonce?
        while let nonce = pool.take() { last = nonce }
        #expect(last?.text == "n5")
    }

    @Test(arguments: [
        ("aYhba4dGQEHhs3uEe6CuLN4ByNQ.AIdlQyE", true), ("", false), ("abc", false),
        ("a.b.c", false),
        (".b", false), ("a.", false), ("a/../b.c", false),
    ])
    func `a certificate identifier is two parts of base64url`(text: String, isValid: Bool) {
        #expect((CertificateID(text) != nil) == isValid)
    }
}
