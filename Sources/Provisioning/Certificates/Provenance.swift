// SPDX-License-Identifier: Apache-2.0
package import FoundationEssentials
package import Registry

/// Where a certificate came from and what is next for it: what it does not say itself.
package struct Provenance: Codable, Hashable, Sendable {
    /// `Issuer.name`; nil for a pair that was copied in.
    package var issuer: String?
    package var accountURL: String?
    package var orderURL: String?
    /// RFC 9773 §4.1.
    package var ariCertificateID: String?
    /// When it is to be renewed, as known when this was written.
    package var renewAt: Date?
    /// Since when the domain points elsewhere, so that it is not renewed.
    package var movedAt: Date?
    /// What it is a version of, where it has an owner who manages it.
    package var certificate: CertificateNumber?

    enum CodingKeys: String, CodingKey {
        case issuer
        case accountURL = "account_url"
        case orderURL = "order_url"
        case ariCertificateID = "ari_certificate_id"
        case renewAt = "renew_at"
        case movedAt = "moved_at"
        case certificate
    }

    package init() {}
}
