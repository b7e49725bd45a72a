// SPDX-License-Identifier: Apache-2.0

/// The configured issuers, asked in order until one of them issues.
///
/// The next one is asked when the error says nothing about it (`ACMEErrorClass.allowsNextIssuer`):
/// after an outage or a 429, not after a domain has failed validation. Each makes a key of its own
/// where a fresh one is wanted.
package struct IssuerSequence: Sendable {
    package let issuers: [any Issuer]

    package init(_ issuers: [any Issuer]) {
        self.issuers = issuers
    }

    /// The issuer that a certificate's metadata names; nil when it is no longer configured.
    package subscript(name: String) -> (any Issuer)? {
        issuers.first { $0.name == name }
    }

    /// Throws every issuer's own error when none issues.
    package func issue(
        _ request: IssuanceRequest
    ) async throws(IssuanceFailure) -> IssuedCertificate {
        var errors: [IssuerError] = []
        for issuer in issuers where request.permits(issuer.name) {
            do throws(IssuerError) {
                return try await issuer.issue(request)
            } catch {
                errors.append(error)
                if !error.class.allowsNextIssuer { break }
            }
        }
        throw IssuanceFailure(errors: errors)
    }
}
