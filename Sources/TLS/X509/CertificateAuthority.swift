// SPDX-License-Identifier: Apache-2.0
import COpenSSL
package import struct FoundationEssentials.Date

/// A certification authority of our own: a root on P-256 that signs leaves itself. For development, the
/// demo and closed networks.
package struct CertificateAuthority: Sendable {
    /// The root, self-signed: what clients have to trust.
    package let certificate: Certificate
    package let key: PrivateKey

    /// Takes up an authority that was made before. Throws `.unusable` when the key is not the
    /// certificate's.
    package init(certificate: Certificate, key: PrivateKey) throws(TLSError) {
        guard certificate.matches(key) else {
            throw .unusable("the key is not the authority's")
        }
        self.certificate = certificate
        self.key = key
    }

    /// Makes a new authority, valid for `validity`.
    package static func create(
        commonName: String, validity: Range<Date>
    ) throws(TLSError) -> CertificateAuthority {
        let key = try PrivateKey.generate(.p256)
        let builder = try CertificateBuilder(
            commonName: commonName, publicKey: key.handle, issuer: nil, validity: validity)
        try builder.add(NID_basic_constraints, "critical,CA:TRUE,pathlen:0")
        try builder.add(NID_key_usage, "critical,keyCertSign,cRLSign")
        try builder.add(NID_subject_key_identifier, "hash")
        return try CertificateAuthority(certificate: try builder.signed(by: key), key: key)
    }

    /// Signs what a request asks for. The chain carries the root, so that whoever reads the file
    /// sees who signed.
    package func issue(
        _ request: CertificateRequest, validity: Range<Date>
    ) throws(TLSError) -> CertificateChain {
        try issue(names: request.names, publicKey: request.publicKey, validity: validity)
    }

    /// Signs a leaf for `names` and the public half of `key`.
    package func issue(
        names: [CertificateName], key: PrivateKey, validity: Range<Date>
    ) throws(TLSError) -> CertificateChain {
        try issue(names: names, publicKey: key.handle, validity: validity)
    }

    private func issue(
        names: [CertificateName], publicKey: OpaquePointer, validity: Range<Date>
    ) throws(TLSError) -> CertificateChain {
        let builder = try CertificateBuilder(
            commonName: nil, publicKey: publicKey, issuer: certificate, validity: validity)
        // RFC 5280 §4.2.1.6: critical, because there is no subject.
        let alternativeName = try subjectAlternativeName(names)
        X509_EXTENSION_set_critical(alternativeName, 1)
        try builder.add(alternativeName)
        try builder.add(NID_basic_constraints, "critical,CA:FALSE")
        try builder.add(NID_key_usage, "critical,digitalSignature")
        try builder.add(NID_ext_key_usage, "serverAuth")
        try builder.add(NID_subject_key_identifier, "hash")
        try builder.add(NID_authority_key_identifier, "keyid:always")
        let leaf = try builder.signed(by: key)
        return CertificateChain(leaf: leaf, intermediates: [certificate])
    }
}
