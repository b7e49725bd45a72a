// SPDX-License-Identifier: Apache-2.0
package import Registry
package import TLS

/// Whether DNS lets us have a certificate for a domain: `EligibilityCheck`, behind a protocol so
/// that flights and renewals are tested without DNS.
package protocol DomainCheck: Sendable {
    /// Never throws: that nobody knows is an answer too.
    func eligibility(
        of name: ServerName, isWildcard: Bool, for identities: [CAAIdentity]
    ) async -> Eligibility

    /// The same for what need not point here: CAA alone.
    func permission(
        of name: CertificateName, for identities: [CAAIdentity]
    ) async -> Eligibility

    /// Whether the CNAME is there that lets us answer dns-01.
    func report(on delegation: Delegation) async -> DelegationReport

    /// Whether the TXT record is there that lets our accounts be issued for without any challenge.
    func persistence(
        of name: CertificateName, for identities: [CAAIdentity]
    ) async -> PersistenceReport
}

extension EligibilityCheck: DomainCheck {}
