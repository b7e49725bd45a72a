// SPDX-License-Identifier: Apache-2.0
package import TLS

/// Ties an ACME account to one that the operator has with the CA (RFC 8555 §7.3.4).
package struct ExternalAccountBinding: Sendable {
    package let keyID: String
    private let hmacKey: [UInt8]

    /// `hmacKey` is base64url, as CAs hand it out, with or without padding. Nil when it is not.
    package init?(keyID: String, hmacKey: String) {
        let unpadded = String(hmacKey.prefix { $0 != "=" })
        guard !keyID.isEmpty, let bytes = Base64URL.decode(unpadded), !bytes.isEmpty else {
            return nil
        }
        self.keyID = keyID
        self.hmacKey = bytes
    }

    /// The binding of `key`, for the request to `url`.
    package func signature(
        for key: PrivateKey, url: ResourceURL
    ) throws(TLSError) -> JSONWebSignature {
        JSONWebSignature(
            authenticating: JSONWebSignature.encoded(try key.publicJWK), keyID: keyID,
            hmacKey: hmacKey, url: url)
    }
}
