// SPDX-License-Identifier: Apache-2.0
import COpenSSL
import struct FoundationEssentials.Date

/// The self-signed certificate that answers a tls-alpn-01 challenge (RFC 8737 §3).
package enum ChallengeCertificate {
    /// What a handshake with `acme-tls/1` for `name` is served, with a fresh P-256 key.
    /// `digest` is the SHA-256 digest of the key authorization, 32 bytes.
    package static func credential(
        for name: ServerName, keyAuthorization digest: [UInt8]
    ) throws(TLSError) -> Credential {
        precondition(digest.count == Digest.sha256Count, "the digest, not the key authorization")
        let key = try PrivateKey.generate(.p256)
        let now = Date()
        let builder = try CertificateBuilder(
            commonName: "ACME challenge", publicKey: key.handle, issuer: nil,
            validity: now.addingTimeInterval(-86400)..<now.addingTimeInterval(7 * 86400))
        try builder.add(try subjectAlternativeName([.exact(name)]))
        try builder.add(try acmeIdentifier(digest))
        let leaf = try builder.signed(by: key)
        return try Credential(chain: CertificateChain(leaf: leaf), key: key, isChallenge: true)
    }

    /// `id-pe-acmeIdentifier`: critical, its value an OCTET STRING with the digest.
    private static func acmeIdentifier(_ digest: [UInt8]) throws(TLSError) -> OpaquePointer {
        let object = try made("OBJ_txt2obj", OBJ_txt2obj(objectIdentifier, 1))
        defer { ASN1_OBJECT_free(object) }
        let value = try made("ASN1_OCTET_STRING_new", ASN1_OCTET_STRING_new())
        defer { ASN1_OCTET_STRING_free(value) }
        let encoded = [UInt8(V_ASN1_OCTET_STRING), UInt8(digest.count)] + digest
        try check(
            "ASN1_OCTET_STRING_set",
            ASN1_OCTET_STRING_set(value, encoded, CInt(encoded.count)))
        return try made(
            "the acmeIdentifier", X509_EXTENSION_create_by_OBJ(nil, object, 1, value))
    }

    private static let objectIdentifier = "1.3.6.1.5.5.7.1.31"
}
