// SPDX-License-Identifier: Apache-2.0
import COpenSSL

/// What can be said of a public key without using it.
package struct PublicKeyFacts: Hashable, Sendable {
    /// `RSA`, `EC`, `ED25519`, in OpenSSL's words.
    package let algorithm: String
    package let bits: Int
    /// Of an elliptic curve, in OpenSSL's words: `prime256v1`.
    package let curve: String?
    /// What breaking it takes, in bits (NIST SP 800-57 part 1 §5.6.1): RSA with 2048 has 112.
    package let securityBits: Int
    /// SHA-256 of its SubjectPublicKeyInfo in lower-case hexadecimal digits.
    package let fingerprint: String

    /// What every client accepts at least: RSA from 2048 bits, elliptic curves from 224.
    package static let securityBitsMin = 112

    package var isWeak: Bool { securityBits < Self.securityBitsMin }

    /// Why handshakes cannot be made with it, or only at a price that all who share the loop would pay;
    /// nil: they can.
    package var impediment: String? {
        switch algorithm {
        case "RSA", "RSA-PSS":
            bits <= Self.rsaBitsMax
                ? nil : "keys of RSA have at most \(Self.rsaBitsMax) bits, and this one \(bits)"
        // RFC 8446 §4.2.3 has signatures by these curves alone.
        case "EC":
            Self.curves.contains(curve ?? "")
                ? nil
                : "TLS 1.3 has no signatures by the curve \(curve ?? "that it is on"), but by P-256, "
                    + "P-384 and P-521"
        case "ED25519", "ED448": nil
        default: "TLS 1.3 has no signatures by keys of the kind \(algorithm)"
        }
    }

    /// What public CAs certify at most. A signature by 16,384 bits takes a third of a second, in which
    /// its loop does nothing else.
    private static let rsaBitsMax = 4096
    private static let curves: Set = ["prime256v1", "secp384r1", "secp521r1"]

    init(_ key: OpaquePointer) throws(TLSError) {
        algorithm = EVP_PKEY_get0_type_name(key).map { String(cString: $0) } ?? "unknown"
        bits = Int(EVP_PKEY_get_bits(key))
        curve = Self.curve(of: key)
        securityBits = Int(EVP_PKEY_get_security_bits(key))
        fingerprint = Digest.hexadecimal(
            Digest.sha256(try TLS.der("i2d_PUBKEY") { i2d_PUBKEY(key, $0) }))
    }

    private static func curve(of key: OpaquePointer) -> String? {
        defer { ERR_clear_error() }
        var length = 0
        var name = [CChar](repeating: 0, count: 64)
        guard EVP_PKEY_get_group_name(key, &name, name.count, &length) == 1 else { return nil }
        return String(decoding: name.prefix(length).map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }
}

extension PrivateKey {
    /// Of its public half.
    package var publicKeyFacts: PublicKeyFacts {
        get throws(TLSError) { try PublicKeyFacts(handle) }
    }
}

extension Certificate {
    package var publicKeyFacts: PublicKeyFacts {
        get throws(TLSError) {
            // Parsed once more, for it may have been parsed without algorithms.
            let whole = try Certificate(der: der)
            guard let key = X509_get0_pubkey(whole.handle) else {
                throw .unusable("the certificate has no usable key", because: .take())
            }
            return try PublicKeyFacts(key)
        }
    }
}
