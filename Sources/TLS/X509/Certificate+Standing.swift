// SPDX-License-Identifier: Apache-2.0
import COpenSSL

// What decides whether clients would accept a certificate.
extension Certificate {
    /// SHA-256 of it in lower-case hexadecimal digits.
    package var fingerprint: String { Digest.hexadecimal(Digest.sha256(der)) }

    /// Whether it may sign others (RFC 5280 §4.2.1.9).
    package var isAuthority: Bool {
        defer { ERR_clear_error() }
        return X509_check_ca(handle) > 0
    }

    /// Whether what it says of its uses lets a TLS server present it (RFC 5280 §4.2.1.3, §4.2.1.12).
    package var isForServers: Bool {
        defer { ERR_clear_error() }
        return X509_check_purpose(handle, X509_PURPOSE_SSL_SERVER, 0) == 1
    }

    /// Whether its own key signed it.
    package var isSelfSigned: Bool { isSigned(by: self) }

    /// Whether the key of `other` signed it, by name and by signature.
    package func isSigned(by other: Certificate) -> Bool {
        defer { ERR_clear_error() }
        guard X509_check_issued(other.handle, handle) == X509_V_OK,
            let whole = try? Certificate(der: der), let signer = try? Certificate(der: other.der)
        else { return false }
        return X509_verify(whole.handle, X509_get0_pubkey(signer.handle)) == 1
    }

    /// The digest of its signature where clients refuse that: `sha1`, `md5`; nil for a sound one.
    package var weakSignature: String? {
        defer { ERR_clear_error() }
        var digest = NID_undef
        guard X509_get_signature_info(handle, &digest, nil, nil, nil) == 1 else { return nil }
        switch digest {
        case NID_md2, NID_md4, NID_md5, NID_sha1:
            return OBJ_nid2sn(digest).map { String(cString: $0).lowercased() }
        default: return nil
        }
    }

    /// Every certificate in a PEM text, in its order; what else is in it is left out. Empty where there
    /// is none. Throws for more than 32, and for what is no certificate in spite of its label.
    package static func all(in pem: [UInt8]) throws(TLSError) -> [Certificate] {
        try CertificateChain.certificates(in: pem)
    }
}
