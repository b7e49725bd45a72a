// SPDX-License-Identifier: Apache-2.0
import ACME
import FoundationEssentials
import TLS
import Testing

@Suite struct JSONWebSignatureTests {
    let url = ResourceURL("https://ca.example/acme/new-order")!
    let nonce = Nonce("5XJ1L3lEkMG7tR6pA00clA")!

    private func header(_ signature: JSONWebSignature) -> String {
        String(decoding: Base64URL.decode(signature.protected)!, as: UTF8.self)
    }

    @Test func `an account signs under its URL and never shows its key`() throws {
        let account = Account(
            url: ResourceURL("https://ca.example/acme/acct/evOfKhNU60wg")!,
            key: try PrivateKey.generate(.p256))
        let signature = try JSONWebSignature(
            signing: Array("{}".utf8), by: .account(account), nonce: nonce, url: url)
        #expect(
            header(signature) == """
                {"alg":"ES256","kid":"https://ca.example/acme/acct/evOfKhNU60wg",\
                "nonce":"5XJ1L3lEkMG7tR6pA00clA","url":"https://ca.example/acme/new-order"}
                """)
        #expect(signature.payload == "e30")
        #expect(Base64URL.decode(signature.signature)?.count == 64)
    }

    @Test func `a key signs under its public half, RSA with RS256`() throws {
        let key = try PrivateKey.generate(.rsa2048)
        let signature = try JSONWebSignature(
            signing: [], by: .key(key), nonce: nonce, url: url)
        let modulus = try #require(try key.publicJWK["n"])
        #expect(
            header(signature) == """
                {"alg":"RS256","jwk":{"e":"AQAB","kty":"RSA","n":"\(modulus)"},\
                "nonce":"5XJ1L3lEkMG7tR6pA00clA","url":"https://ca.example/acme/new-order"}
                """)
        #expect(Base64URL.decode(signature.signature)?.count == 256)
    }

    /// RSASSA-PKCS1-v1_5 is deterministic: the same key over the same input signs alike.
    @Test func `the signature covers header and payload, with a period between`() throws {
        let key = try PrivateKey.generate(.rsa2048)
        let signature = try JSONWebSignature(
            signing: [1, 2, 3], by: .key(key), nonce: nonce, url: url)
        let input = Array("\(signature.protected).AQID".utf8)
        #expect(signature.signature == Base64URL.encode(try key.sign(input)))
    }

    @Test func `POST-as-GET has an empty payload`() throws {
        let key = try PrivateKey.generate(.p256)
        let signature = try JSONWebSignature(signing: [], by: .key(key), nonce: nonce, url: url)
        #expect(signature.payload.isEmpty)
        #expect(String(decoding: signature.body, as: UTF8.self).contains(#""payload":"""#))
    }

    /// RFC 8555 §7.3.4.
    @Test func `an external account vouches for the account key by HS256`() throws {
        let key = try PrivateKey.generate(.p256)
        let binding = try #require(
            ExternalAccountBinding(
                keyID: "kid-1",
                hmacKey: "zWNDZM6eQGHWpSRTPal5eIUYFTu7EajVIoguysqZ9wG44nMEtx3MUAsUDkMTQ12W"))
        let signature = try binding.signature(for: key, url: url)
        #expect(
            header(signature)
                == #"{"alg":"HS256","kid":"kid-1","url":"https://ca.example/acme/new-order"}"#)
        let jwk = try JSONDecoder().decode(
            [String: String].self, from: Data(Base64URL.decode(signature.payload)!))
        let expected = try key.publicJWK
        #expect(jwk == expected)
        let mac = Digest.hmacSHA256(
            key: Base64URL.decode(
                "zWNDZM6eQGHWpSRTPal5eIUYFTu7EajVIoguysqZ9wG44nMEtx3MUAsUDkMTQ12W")!,
            Array("\(signature.protected).\(signature.payload)".utf8))
        #expect(signature.signature == Base64URL.encode(mac))
    }

    /// RFC 7515, appendix A.1: header and payload of the standard, key from its JWK.
    @Test func `the authentication code is the one of RFC 7515`() throws {
        let key = Base64URL.decode(
            "AyM1SysPpbyDfgZld3umj1qzKObwVMkoqQ-EstJQLr_T-1qS0gZH75aKtMN3Yj0iPS4hcgUuTwjAzZr1Z9CAow"
        )!
        let input = """
            eyJ0eXAiOiJKV1QiLA0KICJhbGciOiJIUzI1NiJ9.eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQo\
            gImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnVlfQ
            """
        let mac = Digest.hmacSHA256(key: key, Array(input.utf8))
        #expect(Base64URL.encode(mac) == "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk")
    }

    @Test(arguments: ["", "not base64url!", "===="])
    func `an unusable external account key is refused`(key: String) {
        #expect(ExternalAccountBinding(keyID: "kid-1", hmacKey: key) == nil)
    }

    @Test func `padding of an external account key is ignored`() {
        #expect(ExternalAccountBinding(keyID: "kid-1", hmacKey: "AQIDBA==") != nil)
    }
}
