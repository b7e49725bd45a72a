// SPDX-License-Identifier: Apache-2.0
package import ACME
package import TLS

/// A fresh certificate: it covers the names asked for and certifies the key that was asked for.
package struct IssuedCertificate: Sendable {
    package let chain: CertificateChain
    /// Nil when it is the client's.
    package let key: PrivateKey?
    /// `Issuer.name`.
    package let issuer: String
    /// Nil for the internal CA, as are the two below.
    package let accountURL: String?
    package let orderURL: String?
    /// What renewal information is asked under, and what a renewal replaces (RFC 9773 §4.1); also
    /// nil when the certificate names no authority key.
    package let certificateID: CertificateID?

    package init(
        chain: CertificateChain, key: PrivateKey?, issuer: String, accountURL: String? = nil,
        orderURL: String? = nil, certificateID: CertificateID? = nil
    ) {
        self.chain = chain
        self.key = key
        self.issuer = issuer
        self.accountURL = accountURL
        self.orderURL = orderURL
        self.certificateID = certificateID
    }
}
