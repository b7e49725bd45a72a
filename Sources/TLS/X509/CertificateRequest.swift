// SPDX-License-Identifier: Apache-2.0
import COpenSSL

/// A PKCS#10 certification request (RFC 2986), as ACME's finalize carries it (RFC 8555 §7.4).
///
/// Unchecked Sendable: the key is an `EVP_PKEY` that is never changed.
package final class CertificateRequest: @unchecked Sendable {
    /// What it asks for: the subject alternative name, the common name first where that is among them.
    /// Without one the common name counts.
    package let names: [CertificateName]
    package let subject: DistinguishedName
    package let publicKeyFacts: PublicKeyFacts
    /// `sha256WithRSAEncryption`, in OpenSSL's words.
    package let signatureAlgorithm: String
    package let der: [UInt8]
    let publicKey: OpaquePointer

    /// Reads DER, and checks that the sender holds the key.
    package init(der: [UInt8]) throws(TLSError) {
        ERR_clear_error()
        let parsed = der.withUnsafeBufferPointer { bytes in
            var next = bytes.baseAddress
            return d2i_X509_REQ(nil, &next, bytes.count)
        }
        guard let request = parsed else {
            throw .unusable("not a certificate request", because: .take())
        }
        defer { X509_REQ_free(request) }
        guard let key = X509_REQ_get_pubkey(request) else {
            throw .unusable("the certificate request has no usable key", because: .take())
        }
        do throws(TLSError) {
            guard X509_REQ_verify(request, key) == 1 else {
                throw .unusable(
                    "the certificate request is not signed by its key", because: .take())
            }
            publicKeyFacts = try PublicKeyFacts(key)
            self.der = try TLS.der("i2d_X509_REQ") { i2d_X509_REQ(request, $0) }
        } catch {
            EVP_PKEY_free(key)
            throw error
        }
        publicKey = key
        subject = DistinguishedName(X509_REQ_get_subject_name(request))
        signatureAlgorithm =
            OBJ_nid2ln(X509_REQ_get_signature_nid(request)).map { String(cString: $0) } ?? "unknown"
        let common = subject.commonName.flatMap { CertificateName($0) }
        let alternatives = Self.requestedNames(request)
        if let common, alternatives.isEmpty || alternatives.contains(common) {
            names = [common] + alternatives.filter { $0 != common }
        } else {
            names = alternatives
        }
    }

    /// Reads the first request of a PEM text (RFC 7468 §7), under its usual or its older label.
    package convenience init(pem: [UInt8]) throws(TLSError) {
        var reader = try PEMReader(pem)
        while true {
            let next = try reader.next("a certificate request") {
                part throws(TLSError) -> [UInt8]? in
                switch part.label {
                case PEM_STRING_X509_REQ, PEM_STRING_X509_REQ_OLD: Array(part.bytes)
                default: nil
                }
            }
            guard let next else { throw .unusable("there is no certificate request in it") }
            guard let der = next else { continue }
            try self.init(der: der)
            return
        }
    }

    deinit {
        EVP_PKEY_free(publicKey)
    }

    /// Whether `key` is the private half of its key.
    package func matches(_ key: PrivateKey) -> Bool {
        defer { ERR_clear_error() }
        return EVP_PKEY_eq(publicKey, key.handle) == 1
    }

    /// RFC 7468 §7.
    package var pem: [UInt8] {
        get throws(TLSError) { try Self.pem(der: der) }
    }

    /// A request's DER in PEM.
    package static func pem(der: [UInt8]) throws(TLSError) -> [UInt8] {
        let output = try MemoryBIO()
        let written = PEM_write_bio(
            output.bio, PEM_STRING_X509_REQ, "", der, CLong(clamping: der.count))
        try check("writing a certificate request", written)
        return output.contents
    }

    /// The DER of a request for `names`, signed with SHA-256. Without a subject the names are in the
    /// alternative name alone, where a CA looks for them.
    package static func der(
        names: [CertificateName], subject: DistinguishedName = DistinguishedName(),
        key: PrivateKey
    ) throws(TLSError) -> [UInt8] {
        ERR_clear_error()
        let request = try made("X509_REQ_new", X509_REQ_new())
        defer { X509_REQ_free(request) }
        try check("X509_REQ_set_version", X509_REQ_set_version(request, CLong(X509_REQ_VERSION_1)))
        try subject.add(to: X509_REQ_get_subject_name(request))
        try check("X509_REQ_set_pubkey", X509_REQ_set_pubkey(request, key.handle))
        let extensions = try made("a stack", sk_X509_EXTENSION_new_null())
        defer { sk_X509_EXTENSION_pop_free(extensions) }
        sk_X509_EXTENSION_push(extensions, try subjectAlternativeName(names))
        try check("adding names", X509_REQ_add_extensions(request, extensions))
        try check("signing a request", X509_REQ_sign(request, key.handle, EVP_sha256()))
        return try TLS.der("i2d_X509_REQ") { i2d_X509_REQ(request, $0) }
    }

    /// The same, for hosts.
    package static func der(names: [ServerName], key: PrivateKey) throws(TLSError) -> [UInt8] {
        try der(names: names.map { .exact($0) }, key: key)
    }

    private static func requestedNames(_ request: OpaquePointer) -> [CertificateName] {
        guard let extensions = X509_REQ_get_extensions(request) else { return [] }
        defer { sk_X509_EXTENSION_pop_free(extensions) }
        return (0..<sk_X509_EXTENSION_num(extensions)).flatMap { index in
            let one = sk_X509_EXTENSION_value(extensions, index)
            guard OBJ_obj2nid(X509_EXTENSION_get_object(one)) == NID_subject_alt_name else {
                return [] as [CertificateName]
            }
            return certificateNames(X509V3_EXT_d2i(one))
        }
    }
}
