// SPDX-License-Identifier: Apache-2.0
package import Registry
package import TLS

/// How a caller says which domain it means.
package enum DomainReference: Hashable, Sendable, CustomStringConvertible {
    case number(DomainNumber)
    case name(CertificateName)

    package var description: String {
        switch self {
        case .number(let number): "\(number)"
        case .name(let name): name.text
        }
    }
}

/// What a certification request says, and what DNS says of its names.
package struct RequestInspection: Sendable {
    /// The common name first, where it is a host name.
    package let names: [CertificateName]
    package let commonName: String?
    package let subject: ManagedCertificate.Subject
    /// `RSA`, `EC` and so on, in OpenSSL's words.
    package let keyAlgorithm: String
    package let keyBits: Int
    /// SHA-256 of the public key in hexadecimal.
    package let keyFingerprint: String
    /// `sha256WithRSAEncryption`, in OpenSSL's words.
    package let signatureAlgorithm: String
    /// One for each name, in their order.
    package let reports: [DomainReport]
}

/// The shapes in which a version can be taken away.
package enum DownloadFormat: String, CaseIterable, Sendable {
    /// Leaf, issuers, all of them, and the request where there is one, as PEM files.
    case zip
    /// The whole chain in one PKCS#7 (RFC 2315) without signatures, in PEM.
    case pkcs7
    /// The same in DER.
    case p7b
    /// The leaf in PEM.
    case crt
    /// The certification request in PEM.
    case csr
    /// The issuers in PEM.
    case ca
    /// The whole chain in PEM, the leaf first.
    case pem
}

/// A file to be handed out.
package struct Download: Sendable {
    /// `shop.example.com.zip`
    package let name: String
    package let mediaType: String
    package let bytes: [UInt8]
}
