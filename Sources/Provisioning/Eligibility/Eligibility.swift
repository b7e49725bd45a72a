// SPDX-License-Identifier: Apache-2.0
package import Networking

/// Whether DNS lets us have a certificate for a domain and serve it.
package enum Eligibility: Sendable {
    case eligible(Eligible)
    case ineligible(Ineligibility)

    /// What was looked up, and what was found.
    package var evidence: Evidence {
        switch self {
        case .eligible(let eligible): eligible.evidence
        case .ineligible(let ineligibility): ineligibility.evidence
        }
    }
}

/// A domain that points at us, or need not, with those issuers that its CAA records permit.
package struct Eligible: Sendable {
    package var route: Route
    /// In the order of the identities that were asked about; empty only when none was.
    package var permissions: [CAAPermission]
    package var evidence: Evidence

    /// How the domain points at us.
    package enum Route: Sendable, Hashable {
        /// By all its addresses, which are among the target's: an apex, ALIAS, flattening.
        case addresses([IPAddress])
        /// By a CNAME, its own or one that its CNAME leads to.
        case alias
        /// Wherever it points: its challenges are answered in our zone.
        case delegation
        /// It is `cname_target` itself.
        case target
    }
}
