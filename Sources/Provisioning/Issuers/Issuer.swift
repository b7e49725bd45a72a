// SPDX-License-Identifier: Apache-2.0
package import ACME
package import TLS

/// Who signs certificates: a CA that speaks ACME, or the internal CA.
///
/// Lives on the control loop. Every call ends by a deadline of the issuer's own and stops early
/// when its task is cancelled; what it throws says whose side failed and whether another issuer is
/// worth a try.
package protocol Issuer: Sendable {
    /// Stable over restarts, a valid folder name: "acme-v02.api.letsencrypt.org-directory",
    /// "internal". Accounts and certificates are filed under it.
    nonisolated var name: String { get }

    /// What CAA records are compared with. The first call may ask the CA and create the account, so
    /// that a call at start takes both out of the first visitor's way.
    func identity() async throws(IssuerError) -> CAAIdentity

    /// Obtains a certificate.
    func issue(_ request: IssuanceRequest) async throws(IssuerError) -> IssuedCertificate

    /// When the issuer wants the certificate renewed (RFC 9773); nil where it does not say.
    func renewalInfo(for certificate: Certificate) async throws(IssuerError) -> RenewalInfo?

    /// Ends a certificate's validity before its time; for an issuer without revocation, nothing.
    func revoke(
        _ certificate: Certificate, because reason: RevocationReason
    ) async throws(IssuerError)
}
