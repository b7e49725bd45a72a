// SPDX-License-Identifier: Apache-2.0
import COpenSSL
import Glibc
import struct FoundationEssentials.Date

/// A certificate in the making: an X.509 v3 with a random serial number, to which extensions are
/// added and which then is signed.
final class CertificateBuilder {
    private let handle: OpaquePointer
    /// Where key identifiers are taken from; nil: it signs itself.
    private let issuer: OpaquePointer?

    /// The lower bound of `validity` is its first second, the upper bound its last.
    init(
        commonName: String?, publicKey: OpaquePointer, issuer: Certificate?, validity: Range<Date>
    ) throws(TLSError) {
        ERR_clear_error()
        let handle = try made("X509_new", X509_new())
        self.handle = handle
        self.issuer = issuer?.handle
        let subject = X509_get_subject_name(handle)
        if let commonName {
            try check(
                "the common name",
                X509_NAME_add_entry_by_NID(
                    subject, NID_commonName, MBSTRING_UTF8, Array(commonName.utf8),
                    CInt(commonName.utf8.count), -1, 0))
        }
        try check("X509_set_version", X509_set_version(handle, CLong(X509_VERSION_3)))
        try check("X509_set_pubkey", X509_set_pubkey(handle, publicKey))
        let issuerName = issuer.map { X509_get_subject_name($0.handle) } ?? subject
        try check("X509_set_issuer_name", X509_set_issuer_name(handle, issuerName))
        try Self.setSerialNumber(of: handle)
        try Self.set(X509_getm_notBefore(handle), to: validity.lowerBound)
        try Self.set(X509_getm_notAfter(handle), to: validity.upperBound)
    }

    deinit {
        X509_free(handle)
    }

    /// Adds an extension in the words of x509v3_config(5).
    func add(_ kind: CInt, _ value: String) throws(TLSError) {
        var context = X509V3_CTX()
        X509V3_set_ctx(&context, issuer ?? handle, handle, nil, nil, 0)
        try add(try x509Extension(kind, value, context: &context))
    }

    /// Adds an extension, which is freed.
    func add(_ one: OpaquePointer) throws(TLSError) {
        defer { X509_EXTENSION_free(one) }
        try check("X509_add_ext", X509_add_ext(handle, one, -1))
    }

    /// Signs it with SHA-256.
    func signed(by key: PrivateKey) throws(TLSError) -> Certificate {
        try check("signing a certificate", X509_sign(handle, key.handle, EVP_sha256()))
        X509_up_ref(handle)
        return try Certificate(owning: handle)
    }

    /// 127 random bits: positive, and not to be guessed (RFC 5280 §4.1.2.2).
    private static func setSerialNumber(of handle: OpaquePointer) throws(TLSError) {
        let number = try made("BN_new", BN_new())
        defer { BN_free(number) }
        try check("BN_rand", BN_rand(number, 127, BN_RAND_TOP_ONE, BN_RAND_BOTTOM_ANY))
        _ = try made(
            "BN_to_ASN1_INTEGER", BN_to_ASN1_INTEGER(number, X509_get_serialNumber(handle)))
    }

    private static func set(
        _ time: UnsafeMutablePointer<ASN1_TIME>?, to date: Date
    ) throws(TLSError) {
        _ = try made(
            "ASN1_TIME_set", ASN1_TIME_set(time, time_t(date.timeIntervalSince1970.rounded(.down))))
    }
}
