// SPDX-License-Identifier: Apache-2.0
package import FoundationEssentials
package import TLS

/// Which domains are wanted; nil: any.
package struct DomainFilter: Hashable, Sendable {
    /// One of them; none: any.
    package var states: Set<Domain.State> = []
    package var clientReference: String?
    /// Names within it, and itself.
    package var within: ServerName?
    /// That the name has to be like.
    package var pattern: NamePattern?
    package var source: Domain.Source?
    /// Those that came so are not.
    package var exceptSource: Domain.Source?

    package init() {}
}

/// Which certificates are wanted; nil: any. Deleted ones never are.
package struct CertificateFilter: Hashable, Sendable {
    package var number: CertificateNumber?
    package var status: ManagedCertificate.Status?
    package var clientReference: String?
    package var name: CertificateName?
    /// That one of its names has to be like.
    package var pattern: NamePattern?
    /// With a name within it.
    package var within: ServerName?
    /// Whose current version ends before.
    package var expiresBefore: Date?
    /// Whose current version ends later.
    package var expiresAfter: Date?
    package var issuer: ManagedCertificate.IssuedBy?
    package var keySource: ManagedCertificate.KeySource?
    /// A member that must be among `compatibility` with this value, such as a dialect's plan.
    package var compatibility: [String: JSONValue] = [:]

    package init() {}
}

extension ManagedCertificate {
    /// What its state amounts to; derived.
    package enum Status: String, Codable, CaseIterable, Sendable {
        /// Nothing was begun.
        case idle
        /// Its first version is under way.
        case pending
        /// It has a usable version.
        case active
        /// It has one, and the next is under way.
        case renewing
        case failed
        case expired
        case revoked
        case deleted
    }
}

package struct IssuanceFilter: Hashable, Sendable {
    package var certificate: CertificateNumber?
    package var state: Issuance.State?

    package init() {}
}

/// Which versions are wanted; nil: any. Those that were signed and deleted never are.
package struct VersionFilter: Hashable, Sendable {
    package var certificate: CertificateNumber?
    package var state: CertificateVersion.State?
    /// With a name within it.
    package var within: ServerName?
    package var expiresBefore: Date?
    /// In hexadecimal, lower case.
    package var serial: String?
    /// Whether those count whose issuance is not done.
    package var includesReserved = false
    /// Whether those count that came to nothing.
    package var includesFailed = false

    package init() {}
}

package struct EventFilter: Hashable, Sendable {
    package var kinds: Set<Event.Kind> = []
    package var subject: Event.Subject.Kind?
    package var subjectNumber: Int?
    package var requestID: String?

    package init() {}
}

/// Which sites are wanted; nil: any.
package struct SiteFilter: Hashable, Sendable {
    package var name: String?
    package var clientReference: String?

    package init() {}
}

/// Which contacts are wanted.
package struct ContactFilter: Hashable, Sendable {
    /// Members that must be in its document with this value.
    package var document: Compatibility = [:]

    package init() {}
}

/// Which webhooks are wanted; nil: any.
package struct WebhookFilter: Hashable, Sendable {
    package var format: Webhook.Format?
    package var clientReference: String?

    package init() {}
}
