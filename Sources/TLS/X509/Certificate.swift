// SPDX-License-Identifier: Apache-2.0
import COpenSSL
import Glibc
package import struct FoundationEssentials.Date

/// One X.509 certificate (RFC 5280), parsed.
///
/// Unchecked Sendable: an `X509` may be read from several threads (openssl-threads(7)), and this class
/// never changes it; what OpenSSL computes lazily is computed in `init`.
package final class Certificate: @unchecked Sendable {
    let handle: OpaquePointer
    /// The DNS names of the subject alternative name; what is no host name is left out. The common
    /// name never counts (RFC 9525 §2).
    package let names: [CertificateName]
    package let notBefore: Date
    /// The last second of validity.
    package let notAfter: Date

    /// Takes over the reference, also when it throws.
    init(owning handle: OpaquePointer) throws(TLSError) {
        self.handle = handle
        do throws(TLSError) {
            // Fills in the extension cache, so that later readers find it done.
            X509_check_purpose(handle, -1, 0)
            names = certificateNames(X509_get_ext_d2i(handle, NID_subject_alt_name, nil, nil))
            notBefore = try Self.date(X509_get0_notBefore(handle))
            notAfter = try Self.date(X509_get0_notAfter(handle))
        } catch {
            X509_free(handle)
            throw error
        }
        ERR_clear_error()
    }

    deinit {
        X509_free(handle)
    }

    /// Reads DER; bytes after the certificate are refused.
    package convenience init(der: [UInt8]) throws(TLSError) {
        let handle = try der.withUnsafeBufferPointer { (bytes) throws(TLSError) in
            try Self.parse(bytes, in: nil)
        }
        try self.init(owning: handle)
    }

    /// Its handle, with the public key for the algorithms of `library`; nil: the process's.
    static func parse(
        _ der: UnsafeBufferPointer<UInt8>, in library: OpaquePointer?
    ) throws(TLSError) -> OpaquePointer {
        ERR_clear_error()
        var handle: OpaquePointer? = try made("X509_new_ex", X509_new_ex(library, nil))
        var next = der.baseAddress
        guard d2i_X509(&handle, &next, der.count) != nil, let handle else {
            // Freed by d2i_X509.
            throw .unusable("not a certificate in DER", because: .take())
        }
        guard next == der.baseAddress.map({ $0 + der.count }) else {
            X509_free(handle)
            throw .unusable("there is something behind the certificate")
        }
        return handle
    }

    /// Reads the first certificate of a PEM text.
    package convenience init(pem: [UInt8]) throws(TLSError) {
        ERR_clear_error()
        let input = try MemoryBIO(pem)
        guard let parsed = PEM_read_bio_X509(input.bio, nil, nil, nil) else {
            throw .unusable("not a certificate in PEM", because: .take())
        }
        try self.init(owning: parsed)
    }

    /// RFC 7468 §5.
    package var pem: [UInt8] {
        get throws(TLSError) {
            let output = try MemoryBIO()
            try check("writing a certificate", PEM_write_bio_X509(output.bio, handle))
            return output.contents
        }
    }

    package var der: [UInt8] {
        guard let bytes = try? TLS.der("i2d_X509", { i2d_X509(handle, $0) }) else {
            preconditionFailure("a certificate that was parsed is kept as it was encoded")
        }
        return bytes
    }

    /// The serial number as DER holds it: big-endian, with a leading zero where the sign needs it.
    package var serialNumber: [UInt8] {
        let magnitude = Self.bytes(of: X509_get0_serialNumber(handle))
        return (magnitude.first ?? 0x80) & 0x80 != 0 ? [0] + magnitude : magnitude
    }

    /// The serial number in lower-case hexadecimal digits, two a byte, as people quote it.
    package var serialHex: String {
        Digest.hexadecimal(Self.bytes(of: X509_get0_serialNumber(handle)))
    }

    /// The key identifier of the one who signed (RFC 5280 §4.2.1.1).
    package var authorityKeyIdentifier: [UInt8]? {
        X509_get0_authority_key_id(handle).map { Self.bytes(of: $0) }
    }

    /// RFC 5280 §4.2.1.2.
    package var subjectKeyIdentifier: [UInt8]? {
        X509_get0_subject_key_id(handle).map { Self.bytes(of: $0) }
    }

    /// The certificate's name in ACME Renewal Information (RFC 9773 §4.1); nil without a key
    /// identifier of its authority.
    package var renewalIdentifier: String? {
        authorityKeyIdentifier.map { "\(Base64URL.encode($0)).\(Base64URL.encode(serialNumber))" }
    }

    package var subjectCommonName: String? {
        DistinguishedName.text(NID_commonName, of: X509_get_subject_name(handle))
    }

    package var issuerCommonName: String? {
        DistinguishedName.text(NID_commonName, of: X509_get_issuer_name(handle))
    }

    /// Whether one of its names is good for `name`.
    package func covers(_ name: ServerName) -> Bool {
        names.contains { $0.covers(name) }
    }

    /// Whether `key` is the private half of its key.
    package func matches(_ key: PrivateKey) -> Bool {
        defer { ERR_clear_error() }
        return X509_check_private_key(handle, key.handle) == 1
    }

    /// Whether it certifies the key that `request` was signed with.
    package func matches(_ request: CertificateRequest) -> Bool {
        defer { ERR_clear_error() }
        return EVP_PKEY_eq(X509_get0_pubkey(handle), request.publicKey) == 1
    }

    /// Whether `other` signed it: by name and key identifier; where there is none by signature,
    /// because two authorities may have one name.
    func isIssued(by other: Certificate) -> Bool {
        defer { ERR_clear_error() }
        guard X509_check_issued(other.handle, handle) == X509_V_OK else { return false }
        if let identifier = authorityKeyIdentifier, identifier == other.subjectKeyIdentifier {
            return true
        }
        // Parsed once more, for it may have been parsed without algorithms.
        guard let whole = try? Certificate(der: der) else { return false }
        return X509_verify(whole.handle, X509_get0_pubkey(other.handle)) == 1
    }

    /// The point that is its public key, on P-256 and in the form that all have; nil for other keys.
    var p256Point: [UInt8]? {
        var bytes: UnsafePointer<UInt8>?
        var count: CInt = 0
        var algorithm: UnsafeMutablePointer<X509_ALGOR>?
        let key = X509_get_X509_PUBKEY(handle)
        guard X509_PUBKEY_get0_param(nil, &bytes, &count, &algorithm, key) == 1,
            count == P256Secret.pointBytes
        else { return nil }
        var kind: OpaquePointer?
        var type: CInt = 0
        var curve: UnsafeRawPointer?
        X509_ALGOR_get0(&kind, &type, &curve, algorithm)
        guard OBJ_obj2nid(kind) == NID_X9_62_id_ecPublicKey, type == V_ASN1_OBJECT,
            OBJ_obj2nid(curve.map { OpaquePointer($0) }) == NID_X9_62_prime256v1
        else { return nil }
        return Array(UnsafeBufferPointer(start: bytes, count: Int(count)))
    }

    private static func bytes(of string: UnsafePointer<ASN1_STRING>?) -> [UInt8] {
        Array(
            UnsafeBufferPointer(
                start: ASN1_STRING_get0_data(string), count: Int(ASN1_STRING_length(string))))
    }

    private static func date(_ time: UnsafePointer<ASN1_TIME>?) throws(TLSError) -> Date {
        var parts = tm()
        guard ASN1_TIME_to_tm(time, &parts) == 1 else {
            throw .unusable("not a time in a certificate", because: .take())
        }
        return Date(timeIntervalSince1970: Double(timegm(&parts)))
    }
}

extension Certificate: Hashable {
    package static func == (left: Certificate, right: Certificate) -> Bool {
        left.der == right.der
    }

    package func hash(into hasher: inout Hasher) {
        hasher.combine(der)
    }
}
