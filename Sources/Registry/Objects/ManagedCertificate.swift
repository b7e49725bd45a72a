// SPDX-License-Identifier: Apache-2.0
package import FoundationEssentials
package import TLS

/// A certificate as its owner sees it: names that are to be certified, time and again. Each attempt is
/// an `Issuance`, each result a `CertificateVersion`.
package struct ManagedCertificate: RegistryObject {
    package let number: CertificateNumber
    package let account: String
    /// The first one is the common name; never empty.
    package var names: [CertificateName]
    package var subject = Subject()
    package var keyKind: KeyKind
    package var keySource: KeySource
    package var issuer: IssuedBy
    package var activation: Activation
    /// Whether a successor is obtained in good time without being asked for.
    package var renewsItself: Bool
    /// The term that was bought: it renews itself up to here; nil: without end.
    package var renewsUntil: Date?
    /// The version in service, or the newest one where none serves.
    package var currentVersion: VersionNumber?
    /// The attempt that is under way or not yet begun.
    package var openIssuance: IssuanceNumber?
    /// All attempts, the newest last; at most `issuancesMax`, the oldest leaving.
    package var issuances: [IssuanceNumber] = []
    /// All versions, the newest last; at most `versionsMax`, the oldest leaving.
    package var versions: [VersionNumber] = []
    /// Whether its last attempt failed.
    package var hasFailed = false
    /// Days before expiry at which `version.expiring` is told.
    package var expiryNotice: [Int] = []
    package var isDeleted = false
    package var clientReference: String?
    package var description: String?
    package var compatibility: Compatibility = [:]
    package var generation = 1
    package let createdAt: Date
    package var updatedAt: Date

    /// A common name, and a hundred beside it.
    package static var namesMax: Int { 101 }
    /// What `expiryNotice` may have: what private CAs sign lives for years.
    package static var expiryNoticeDays: ClosedRange<Int> { 1...3650 }
    package static var expiryNoticesMax: Int { 10 }
    package static var issuancesMax: Int { 100 }
    package static var versionsMax: Int { 100 }

    package static var subjectKind: Event.Subject.Kind { .certificate }
    package static var identifierPrefix: String { "crt" }
    package var title: String { names.first?.text ?? "" }

    /// What a certification request says beside names; ACME's CAs leave it out of what they sign.
    package struct Subject: Codable, Hashable, Sendable {
        package var organization: String?
        package var organizationalUnit: String?
        package var locality: String?
        package var state: String?
        /// Two letters.
        package var country: String?

        package init() {}
    }

    package enum KeySource: String, Codable, CaseIterable, Sendable {
        /// We make it, a fresh one for each attempt, and keep it.
        case edge
        /// The client has it and gave a certification request: not to be served.
        case client
        /// It came with an upload.
        case upload
    }

    package enum IssuedBy: String, Codable, CaseIterable, Sendable {
        /// The configured issuers, in their order.
        case configured
        /// Whoever the client has sign our request: the template that it manages itself.
        case external
    }

    package enum Activation: String, Codable, CaseIterable, Sendable {
        /// A new version goes into service for its names at once.
        case automatic
        /// Only sites that it is linked to are served with it.
        case sites
    }

    package init(
        number: CertificateNumber, account: String, names: [CertificateName], keyKind: KeyKind,
        keySource: KeySource, issuer: IssuedBy, activation: Activation, renewsItself: Bool,
        at now: Date
    ) {
        self.number = number
        self.account = account
        self.names = names
        self.keyKind = keyKind
        self.keySource = keySource
        self.issuer = issuer
        self.activation = activation
        self.renewsItself = renewsItself
        createdAt = now
        updatedAt = now
    }
}
