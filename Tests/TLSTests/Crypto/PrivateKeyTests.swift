// SPDX-License-Identifier: Apache-2.0
import COpenSSL
import Testing

@testable import TLS

@Suite struct PrivateKeyTests {
    @Test(arguments: KeyKind.allCases)
    func `a key survives PEM and DER`(kind: KeyKind) throws {
        let key = try PrivateKey.generate(kind)
        let pem = try key.pem
        #expect(String(decoding: pem, as: UTF8.self).hasPrefix("-----BEGIN PRIVATE KEY-----\n"))
        let jwk = try key.publicJWK
        #expect(key.kind == kind)
        #expect(try PrivateKey(pem: pem).publicJWK == jwk)
        #expect(try PrivateKey(der: try key.der).publicJWK == jwk)
        #expect(try PrivateKey(der: try key.der).kind == kind)
    }

    @Test(arguments: KeyKind.allCases)
    func `the older forms of PEM are read`(kind: KeyKind) throws {
        let key = try PrivateKey.generate(kind)
        let output = try MemoryBIO()
        #expect(
            PEM_write_bio_PrivateKey_traditional(output.bio, key.handle, nil, nil, 0, nil, nil)
                == 1)
        let pem = output.contents
        let label = kind == .p256 ? "EC" : "RSA"
        #expect(String(decoding: pem, as: UTF8.self).hasPrefix("-----BEGIN \(label) PRIVATE KEY"))
        #expect(try PrivateKey(pem: pem).publicJWK == (try key.publicJWK))
    }

    @Test func `fresh keys differ`() throws {
        #expect(try PrivateKey.generate(.p256).publicJWK != PrivateKey.generate(.p256).publicJWK)
    }

    @Test(arguments: [
        "", "hello", "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n",
    ])
    func `what is no key is refused`(text: String) {
        #expect { try PrivateKey(pem: Array(text.utf8)) } throws: { isUnusable($0) }
        #expect { try PrivateKey(der: Array(text.utf8)) } throws: { isUnusable($0) }
    }

    @Test func `an encrypted key is refused without a question on the terminal`() throws {
        let key = try PrivateKey.generate(.p256)
        let output = try MemoryBIO()
        let phrase = Array("secret".utf8CString)
        #expect(
            PEM_write_bio_PKCS8PrivateKey(
                output.bio, key.handle, EVP_aes_128_cbc(), phrase, 6, nil, nil) == 1)
        let pem = output.contents
        #expect { try PrivateKey(pem: pem) } throws: { isUnusable($0) }
    }

    // RFC 7515 appendix A.3.1.
    @Test func `a JWK has the coordinates of the public key`() throws {
        let x = "f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU"
        let y = "x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0"
        let key = try PrivateKey(
            der: sec1(d: "jpsQnnGQmL-YBIffH1136cspYG6-0iY7X1fCE9-E9LI", x: x, y: y))
        #expect(try key.publicJWK == ["kty": "EC", "crv": "P-256", "x": x, "y": y])
        #expect(key.signatureAlgorithm == "ES256")
    }

    // RFC 7638 §3.1.
    @Test func `the thumbprint is the standard's`() throws {
        let modulus = """
            0vx7agoebGcQSuuPiLJXZptN9nndrQmbXEps2aiAFbWhM78LhWx4cbbfAAtVT86zwu1RK7aPFFxuhDR1L6tSoc_\
            BJECPebWKRXjBZCiFV4n3oknjhMstn64tZ_2W-5JsGY4Hc5n9yBXArwl93lqt7_RN5w6Cf0h4QyQ5v-65YGjQR0_\
            FDW2QvzqY368QQMicAtaSqzs8KJZgnYb9c7d0zgdAZHzu6qMQvRL5hajrn1n91CbOpbISD08qNLyrdkt-bFTWhAI\
            4vMQFh6WeZu0fM4lFd2NcRwr3XPksINHaQ-G_xBniIqbw0Ls1jF44-csFCur-kEgU8awapJzKnqDKgw
            """
        let key = try publicKey(modulus: modulus, exponent: "AQAB")
        #expect(try key.publicJWK == ["kty": "RSA", "n": modulus, "e": "AQAB"])
        #expect(
            Base64URL.encode(try key.thumbprint())
                == "NzbLsXh8uDCcd-6MNwXF4W_7noWXFZAfHkxZsRGC9Xs")
    }

    @Test(arguments: KeyKind.allCases)
    func `a signature is verified with the public key`(kind: KeyKind) throws {
        let key = try PrivateKey.generate(kind)
        for round in 0..<20 {
            let message = Array("message \(round)".utf8)
            let signature = try key.sign(message)
            #expect(signature.count == (kind == .p256 ? 64 : 256))
            #expect(try verify(signature, of: message, by: key))
            #expect(try !verify(signature, of: message + [0], by: key))
        }
    }

    private func sec1(d: String, x: String, y: String) throws -> [UInt8] {
        let point = try [4] + #require(Base64URL.decode(x)) + #require(Base64URL.decode(y))
        let secret = try #require(Base64URL.decode(d))
        let curve: [UInt8] = [6, 8, 0x2a, 0x86, 0x48, 0xce, 0x3d, 3, 1, 7]
        return [0x30, 0x77, 2, 1, 1, 4, 0x20] + secret + [0xa0, 10] + curve
            + [0xa1, 0x44, 3, 0x42, 0] + point
    }

    private func publicKey(modulus: String, exponent: String) throws -> PrivateKey {
        let modulus = try [0] + #require(Base64URL.decode(modulus))
        let exponent = try #require(Base64URL.decode(exponent))
        let number = [2, 0x82, UInt8(modulus.count >> 8), UInt8(modulus.count & 0xff)] + modulus
        let content = number + [2, UInt8(exponent.count)] + exponent
        let der = [0x30, 0x82, UInt8(content.count >> 8), UInt8(content.count & 0xff)] + content
        let parsed = der.withUnsafeBufferPointer { bytes in
            var next = bytes.baseAddress
            return d2i_PublicKey(EVP_PKEY_RSA, nil, &next, bytes.count)
        }
        return PrivateKey(owning: try #require(parsed))
    }

    private func verify(
        _ signature: [UInt8], of message: [UInt8], by key: PrivateKey
    ) throws -> Bool {
        var signature = signature
        if key.isP256 {
            let pair = try #require(ECDSA_SIG_new())
            defer { ECDSA_SIG_free(pair) }
            ECDSA_SIG_set0(
                pair, BN_bin2bn(signature, 32, nil), BN_bin2bn(Array(signature[32...]), 32, nil))
            signature = try der("i2d_ECDSA_SIG") { i2d_ECDSA_SIG(pair, $0) }
        }
        let context = try #require(EVP_MD_CTX_new())
        defer { EVP_MD_CTX_free(context) }
        EVP_DigestVerifyInit(context, nil, EVP_sha256(), nil, key.handle)
        defer { ERR_clear_error() }
        return EVP_DigestVerify(context, signature, signature.count, message, message.count) == 1
    }
}

/// Whether an error says that what was given is no good.
func isUnusable(_ error: any Error) -> Bool {
    guard case TLSError.unusable? = error as? TLSError else { return false }
    return true
}
