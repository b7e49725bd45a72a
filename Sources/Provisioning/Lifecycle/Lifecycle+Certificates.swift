// SPDX-License-Identifier: Apache-2.0
package import Registry

/// Certificates: names that are certified time and again.
extension Lifecycle {
    /// Makes a certificate with its first issuance, and begins that unless told not to. Its names become
    /// domains of the account; those that were deprovisioned may be visited again.
    ///
    /// Throws `.invalid` for a draft that cannot be, `.conflict` where a name belongs to another account,
    /// `.notRouted` and `.needsDelegation` where the draft requires eligibility.
    package func create(
        _ draft: CertificateDraft, by caller: Caller
    ) async throws(LifecycleError) -> (certificate: ManagedCertificate, issuance: Issuance) {
        throw .unavailable("unwritten")
    }

    /// Also one that was deleted: `isDeleted` says so.
    package func certificate(
        _ number: CertificateNumber, for caller: Caller
    ) async throws(LifecycleError) -> ManagedCertificate {
        throw .unavailable("unwritten")
    }

    package func certificates(
        _ filter: CertificateFilter, _ page: PageRequest, for caller: Caller
    ) async throws(LifecycleError) -> Page<ManagedCertificate> {
        throw .unavailable("unwritten")
    }

    /// The same by numbered pages, the first one being 0.
    package func certificates(
        _ filter: CertificateFilter, page: Int, size: Int, for caller: Caller
    ) async throws(LifecycleError) -> NumberedPage<ManagedCertificate> {
        throw .unavailable("unwritten")
    }

    /// What its state amounts to.
    package func status(
        of certificate: ManagedCertificate
    ) async throws(LifecycleError) -> ManagedCertificate.Status {
        throw .unavailable("unwritten")
    }

    package func change(
        _ number: CertificateNumber, _ change: CertificateChange, ifGeneration: Int? = nil,
        by caller: Caller
    ) async throws(LifecycleError) -> ManagedCertificate {
        throw .unavailable("unwritten")
    }

    /// Takes a certificate out of service and ends what is under way for it. When this returns no data
    /// loop serves it. Throws `.conflict` while a version of it is linked to a site.
    package func delete(
        _ number: CertificateNumber, revoking: Bool = false, by caller: Caller
    ) async throws(LifecycleError) {
        throw .unavailable("unwritten")
    }

    /// Makes another attempt at a certificate: a renewal, a reissue, or a first one that failed.
    ///
    /// Throws `.conflict` while another one is open.
    package func issue(
        _ number: CertificateNumber, _ draft: IssuanceDraft, by caller: Caller
    ) async throws(LifecycleError) -> Issuance {
        throw .unavailable("unwritten")
    }
}
