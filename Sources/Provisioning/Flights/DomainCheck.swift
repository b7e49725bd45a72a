// SPDX-License-Identifier: Apache-2.0
package import TLS

/// Whether DNS lets us have a certificate for a domain: `EligibilityCheck`, behind a protocol so
/// that flights and renewals are tested without DNS.
package protocol DomainCheck: Sendable {
    /// Never throws: that nobody knows is an answer too.
    func eligibility(
        of name: ServerName, isWildcard: Bool, for identities: [CAAIdentity]
    ) async -> Eligibility
}

extension EligibilityCheck: DomainCheck {}
