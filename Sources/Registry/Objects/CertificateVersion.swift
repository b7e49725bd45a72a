// SPDX-License-Identifier: Apache-2.0
package import FoundationEssentials
package import TLS

/// One signed certificate. DNSimple and Qwilt call this the certificate.
package struct CertificateVersion: RegistryObject {
    package let number: VersionNumber
    package let account: String
    package let certificate: CertificateNumber
    /// Nil for an upload.
    package let issuance: IssuanceNumber?
    package var state: State
    package var source: Source
    package var names: [CertificateName]
    /// In PEM: the leaf, then its issuers; nil while it is reserved.
    package var chain: String?
    /// In hexadecimal.
    package var serial: String?
    /// SHA-256 of the leaf in hexadecimal.
    package var fingerprint: String?
    /// SHA-256 of the public key in hexadecimal.
    package var keyFingerprint: String?
    package var notBefore: Date?
    package var notAfter: Date?
    /// Whether we have its private key, so that it can be served.
    package var hasKey = false
    /// `Issuer.name` of the CA that can revoke it; nil where that is none of ours.
    package var issuer: String?
    package var revokedAt: Date?
    package var expiryNotice: [Int] = []
    package var description: String?
    package var compatibility: Compatibility = [:]
    package var generation = 1
    package let createdAt: Date
    package var updatedAt: Date

    package static var subjectKind: Event.Subject.Kind { .version }
    package static var identifierPrefix: String { "ver" }
    package var title: String { names.first?.text ?? "" }

    /// Whether its issuance ended without a certificate: it was never signed.
    package var cameToNothing: Bool { state == .deleted && notAfter == nil }

    package enum State: String, Codable, CaseIterable, Sendable {
        /// Its issuance is not done.
        case reserved
        /// Signed, and not in service.
        case issued
        /// In service.
        case active
        /// Was in service.
        case superseded
        case revoked
        case deleted
    }

    package enum Source: String, Codable, CaseIterable, Sendable {
        case issued
        case upload
    }

    package init(
        number: VersionNumber, account: String, certificate: CertificateNumber,
        issuance: IssuanceNumber?, state: State, source: Source, names: [CertificateName],
        at now: Date
    ) {
        self.number = number
        self.account = account
        self.certificate = certificate
        self.issuance = issuance
        self.state = state
        self.source = source
        self.names = names
        createdAt = now
        updatedAt = now
    }
}
