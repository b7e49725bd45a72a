// SPDX-License-Identifier: Apache-2.0
import COpenSSL

/// A PKCS#7 message that carries certificates and nothing else (RFC 2315 §9.1, "degenerate").
package enum CertificateBag {
    package static func der(of chain: CertificateChain) throws(TLSError) -> [UInt8] {
        let bag = try made(chain)
        defer { PKCS7_free(bag) }
        return try TLS.der("i2d_PKCS7") { i2d_PKCS7(bag, $0) }
    }

    /// `-----BEGIN PKCS7-----` (RFC 7468 §8).
    package static func pem(of chain: CertificateChain) throws(TLSError) -> [UInt8] {
        let bag = try made(chain)
        defer { PKCS7_free(bag) }
        let output = try MemoryBIO()
        try check("writing PKCS#7", PEM_write_bio_PKCS7(output.bio, bag))
        return output.contents
    }

    private static func made(
        _ chain: CertificateChain
    ) throws(TLSError) -> UnsafeMutablePointer<PKCS7> {
        ERR_clear_error()
        let certificates = try IssuerChain([chain.leaf] + chain.intermediates)
        let nothing = try MemoryBIO([])
        // PKCS7_sign(3): without a signer and a key it makes a structure of certificates only.
        return try TLS.made(
            "PKCS7_sign",
            PKCS7_sign(nil, nil, certificates.stack, nothing.bio, PKCS7_DETACHED | PKCS7_BINARY))
    }
}
