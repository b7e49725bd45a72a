// SPDX-License-Identifier: Apache-2.0
package import Registry
package import TLS

/// What DNS says of a name now: may it have a certificate here, and by which way. `nameplate diagnose` and
/// the API show the same.
package struct DomainReport: Sendable {
    package let name: CertificateName
    /// Whether it points at us and CAA permits an issuer; for a wildcard, CAA alone.
    package let routing: Eligibility
    package let delegation: DelegationReport
    package let persistence: PersistenceReport
    /// Whether it is served now.
    package let isServed: Bool

    package init(
        name: CertificateName, routing: Eligibility, delegation: DelegationReport,
        persistence: PersistenceReport, isServed: Bool
    ) {
        self.name = name
        self.routing = routing
        self.delegation = delegation
        self.persistence = persistence
        self.isServed = isServed
    }

    /// Whether its visitors come here; of a wildcard, whether it is delegated. Nil: nobody could say.
    package var isRouted: Bool? {
        switch (routing, name) {
        case (.eligible, .exact): true
        case (.ineligible(let why), .exact) where !why.cause.isAboutRouting: true
        case (.ineligible(let why), .exact): why.cause.isTransient ? nil : false
        case (_, .wildcard): delegation.trouble == nil ? delegation.isInPlace : nil
        }
    }

    /// Whether a certificate could be had for it now.
    package var isEligible: Bool {
        switch (routing, name) {
        case (.eligible, .exact): true
        case (.eligible, .wildcard): delegation.isInPlace
        case (.ineligible(let why), .exact): why.cause.isAboutRouting && delegation.isInPlace
        case (.ineligible, .wildcard): false
        }
    }
}

/// Whether `_acme-challenge` of a name leads to its label in our challenge zone.
package struct DelegationReport: Sendable {
    package let delegation: Delegation
    /// What the CNAME leads to, where there is one.
    package let found: [String]
    /// Why it could not be looked up.
    package let trouble: String?

    package init(delegation: Delegation, found: [String], trouble: String?) {
        self.delegation = delegation
        self.found = found
        self.trouble = trouble
    }

    package var isInPlace: Bool {
        guard let to = delegation.to else { return false }
        return found.contains(to)
    }
}

/// What stands at `_validation-persist` (draft-ietf-acme-dns-persist), and what would have to, for each
/// issuer that says its CAA domain.
package struct PersistenceReport: Sendable {
    /// `_validation-persist.shop.example.com`
    package let owner: String
    /// The TXT values that would let us issue.
    package let expected: [String]
    package let found: [String]
    package let isInPlace: Bool

    package init(owner: String, expected: [String], found: [String], isInPlace: Bool) {
        self.owner = owner
        self.expected = expected
        self.found = found
        self.isInPlace = isInPlace
    }
}

extension Ineligibility.Cause {
    /// Whether it is about where the name points, and not about CAA.
    package var isAboutRouting: Bool {
        switch self {
        case .caaAccount, .caaCritical, .caaForbids, .caaMethod, .caaServerFailure: false
        default: true
        }
    }
}
