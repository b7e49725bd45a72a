// SPDX-License-Identifier: Apache-2.0
import FoundationEssentials
package import TLS

/// A signed request body in the flattened serialization (RFC 7515 §7.2.2, RFC 8555 §6.2).
package struct JSONWebSignature: Codable, Hashable, Sendable {
    /// The protected header's bytes, as base64url.
    package let protected: String
    package let payload: String
    package let signature: String

    /// Who signs, and how the CA knows the key.
    package enum Signer: Sendable {
        /// By the account's URL: all requests but those below.
        case account(Account)
        /// By the key itself: newAccount, and revocation by the certificate's key.
        case key(PrivateKey)

        var key: PrivateKey {
            switch self {
            case .account(let account): account.key
            case .key(let key): key
            }
        }
    }

    /// Signs `payload`: ES256 under a P-256 key, RS256 under an RSA key.
    package init(
        signing payload: [UInt8], by signer: Signer, nonce: Nonce, url: ResourceURL
    ) throws(TLSError) {
        guard let algorithm = signer.key.signatureAlgorithm else {
            throw .unusable("an account key is P-256 or RSA")
        }
        var header = Header(alg: algorithm, nonce: nonce.text, url: url.text)
        switch signer {
        case .account(let account): header.kid = account.url.text
        case .key: header.jwk = try signer.key.publicJWK
        }
        protected = Base64URL.encode(Self.encoded(header))
        self.payload = Base64URL.encode(payload)
        signature = Base64URL.encode(
            try signer.key.sign(Array("\(protected).\(self.payload)".utf8)))
    }

    /// Authenticates `payload` by HS256 under a shared key (RFC 8555 §7.3.4).
    package init(authenticating payload: [UInt8], keyID: String, hmacKey: [UInt8], url: ResourceURL)
    {
        var header = Header(alg: "HS256", url: url.text)
        header.kid = keyID
        protected = Base64URL.encode(Self.encoded(header))
        self.payload = Base64URL.encode(payload)
        signature = Base64URL.encode(
            Digest.hmacSHA256(key: hmacKey, Array("\(protected).\(self.payload)".utf8)))
    }

    /// The request body.
    package var body: [UInt8] { Self.encoded(self) }

    /// JSON without spaces, members in lexical order: one value has one encoding.
    static func encoded(_ value: some Encodable) -> [UInt8] {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        guard let data = try? encoder.encode(value) else {
            preconditionFailure("strings and arrays of them always encode")
        }
        return Array(data)
    }

    private struct Header: Encodable {
        let alg: String
        var jwk: [String: String]?
        var kid: String?
        var nonce: String?
        let url: String
    }
}
