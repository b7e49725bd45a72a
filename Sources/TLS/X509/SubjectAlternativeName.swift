// SPDX-License-Identifier: Apache-2.0
import COpenSSL

/// The DNS names of a parsed subject alternative name (RFC 5280 §4.2.1.6), each once; it is freed.
func certificateNames(_ extensionValue: UnsafeMutableRawPointer?) -> [CertificateName] {
    guard let extensionValue else { return [] }
    let general = OpaquePointer(extensionValue)
    defer { GENERAL_NAMES_free(general) }
    var seen: Set<CertificateName> = []
    return (0..<sk_GENERAL_NAME_num(general)).compactMap { index in
        var kind: CInt = 0
        guard let value = GENERAL_NAME_get0_value(sk_GENERAL_NAME_value(general, index), &kind),
            kind == GEN_DNS
        else { return nil }
        let string = UnsafePointer(value.assumingMemoryBound(to: ASN1_STRING.self))
        return CertificateName(
            utf8: UnsafeBufferPointer(
                start: ASN1_STRING_get0_data(string), count: Int(ASN1_STRING_length(string))))
    }.filter { seen.insert($0).inserted }
}

/// A subject alternative name with these DNS names, to be freed by the caller.
func subjectAlternativeName(_ names: [CertificateName]) throws(TLSError) -> OpaquePointer {
    guard !names.isEmpty else { throw .unusable("a certificate needs a name") }
    return try x509Extension(
        NID_subject_alt_name, names.map { "DNS:\($0.text)" }.joined(separator: ","))
}

/// An extension in the words of x509v3_config(5), to be freed by the caller. `context` names the
/// certificates that key identifiers are taken from.
func x509Extension(
    _ kind: CInt, _ value: String, context: UnsafeMutablePointer<X509V3_CTX>? = nil
) throws(TLSError) -> OpaquePointer {
    try made("extension \(value)", X509V3_EXT_conf_nid(nil, context, kind, value))
}
