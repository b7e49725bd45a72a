// SPDX-License-Identifier: Apache-2.0
package import FoundationEssentials
package import Registry
package import TLS

/// A domain to be registered. nil: as it is, where it was registered before; else none.
package struct DomainDraft: Sendable {
    package var name: CertificateName
    package var applicationURLs: [String]?
    package var clientReference: String??
    package var compatibility: Compatibility?

    package init(name: CertificateName) {
        self.name = name
    }
}

/// What is changed about a domain; nil: nothing.
package struct DomainChange: Sendable {
    package var applicationURLs: [String]?
    package var clientReference: String??
    package var compatibility: Compatibility?

    package init() {}
}

/// A certificate to be obtained.
package struct CertificateDraft: Sendable {
    /// Empty only with a `request`, whose names count then.
    package var names: [CertificateName]
    package var subject = ManagedCertificate.Subject()
    /// Nil: as configured.
    package var keyKind: KeyKind?
    /// The client's own certification request in PEM: its key is not ours, and it cannot be served.
    package var request: String?
    package var issuer = ManagedCertificate.IssuedBy.configured
    package var activation = ManagedCertificate.Activation.automatic
    package var renewsItself = true
    package var renewsUntil: Date?
    package var expiryNotice: [Int] = []
    package var clientReference: String?
    package var description: String?
    package var compatibility: Compatibility = [:]
    /// Whether its first issuance begins at once, or waits for `start`.
    package var startsAtOnce = true
    /// Whether names that do not point here, and are not delegated either, are declined at once; otherwise
    /// the issuance waits for the delegation.
    package var requiresEligibility = false

    package init(names: [CertificateName]) {
        self.names = names
    }
}

/// What is changed about a certificate; nil: nothing.
package struct CertificateChange: Sendable {
    package var renewsItself: Bool?
    package var renewsUntil: Date??
    package var expiryNotice: [Int]?
    package var clientReference: String??
    package var description: String??
    package var compatibility: Compatibility?

    package init() {}
}

/// An attempt to be made for a certificate that there is.
package struct IssuanceDraft: Sendable {
    package var reason: Issuance.Reason
    /// The client's new certification request in PEM; nil: a new key of ours, or the request of before.
    package var request: String?
    package var keyKind: KeyKind?
    package var startsAtOnce = true
    /// Whether the version in service is revoked once its successor serves.
    package var revokesPredecessor = false
    package var compatibility: Compatibility = [:]

    package init(reason: Issuance.Reason) {
        self.reason = reason
    }
}

/// A signed certificate that a client brings.
package struct VersionUpload: Sendable {
    /// The leaf in PEM, with or without its issuers.
    package var certificate: String
    /// Its issuers in PEM, in any order.
    package var issuers: String?
    /// The private key in PEM; exactly one of this and `issuance`.
    package var privateKey: String?
    /// Whose request was signed: we have the key.
    package var issuance: IssuanceNumber?
    /// Names that it has to be good for.
    package var requiredNames: [CertificateName] = []
    package var activation = ManagedCertificate.Activation.automatic
    package var expiryNotice: [Int] = []
    package var clientReference: String?
    package var description: String?
    package var compatibility: Compatibility = [:]

    package init(certificate: String) {
        self.certificate = certificate
    }
}

/// A site to be made, or all that is changed about one; nil: nothing.
package struct SiteChange: Sendable {
    package var name: String?
    package var hosts: [ServerName]?
    package var applicationURLs: [String]?
    package var clientReference: String??
    package var compatibility: Compatibility?

    package init() {}
}
