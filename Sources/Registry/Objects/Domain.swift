// SPDX-License-Identifier: Apache-2.0
package import FoundationEssentials
package import TLS

/// A name that may have a certificate here: registered by a client of the management API, or by its
/// first visit.
///
/// A name belongs to one account. DNSimple's "domain" is one too: its certificates are those for names
/// within it.
package struct Domain: RegistryObject {
    package let number: DomainNumber
    package let account: String
    package let name: CertificateName
    /// Where its requests go; empty: to `application_url`.
    package var applicationURLs: [String] = []
    package var state = State.registered
    /// What it is served with.
    package var certificate: CertificateNumber?
    package var clientReference: String?
    /// How it came here first; `api` as soon as it is registered.
    package var source: Source
    package var compatibility: Compatibility = [:]
    package var generation = 1
    package let createdAt: Date
    package var updatedAt: Date

    package static var subjectKind: Event.Subject.Kind { .domain }
    package static var identifierPrefix: String { "dom" }
    package var title: String { name.text }

    package enum State: String, Codable, CaseIterable, Sendable {
        /// Known, and not seen to point here since it was registered or was served last.
        case registered
        /// It was seen to point here, and is not served yet.
        case routed
        /// It is served.
        case secured
        /// It points elsewhere by now.
        case misrouted
    }

    package enum Source: String, Codable, CaseIterable, Sendable {
        /// A client has registered it.
        case api
        /// It is a name of a certificate that a client has ordered or uploaded.
        case certificate
        case firstVisit = "first_visit"
    }

    package init(
        number: DomainNumber, account: String, name: CertificateName, source: Source, at now: Date
    ) {
        self.number = number
        self.account = account
        self.name = name
        self.source = source
        createdAt = now
        updatedAt = now
    }
}
