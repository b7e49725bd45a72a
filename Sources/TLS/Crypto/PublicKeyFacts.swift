// SPDX-License-Identifier: Apache-2.0
import COpenSSL

/// What can be said of a public key without using it.
package struct PublicKeyFacts: Hashable, Sendable {
    /// `RSA`, `EC`, `ED25519`, in OpenSSL's words.
    package let algorithm: String
    package let bits: Int
    /// What breaking it takes, in bits (NIST SP 800-57 part 1 §5.6.1): RSA with 2048 has 112.
    package let securityBits: Int
    /// SHA-256 of its SubjectPublicKeyInfo in lower-case hexadecimal digits.
    package let fingerprint: String

    /// What every client accepts at least: RSA from 2048 bits, elliptic curves from 224.
    package static let securityBitsMin = 112

    package var isWeak: Bool { securityBits < Self.securityBitsMin }

    init(_ key: OpaquePointer) throws(TLSError) {
        algorithm = EVP_PKEY_get0_type_name(key).map { String(cString: $0) } ?? "unknown"
        bits = Int(EVP_PKEY_get_bits(key))
        securityBits = Int(EVP_PKEY_get_security_bits(key))
        fingerprint = Digest.hexadecimal(
            Digest.sha256(try TLS.der("i2d_PUBKEY") { i2d_PUBKEY(key, $0) }))
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
