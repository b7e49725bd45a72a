// SPDX-License-Identifier: Apache-2.0
package import Registry
package import TLS

/// Domains: the names that may have a certificate.
extension Lifecycle {
    /// What DNS says of `name` now. Changes nothing.
    package func report(on name: CertificateName) async -> DomainReport {
        preconditionFailure("unwritten")
    }

    /// Lets `name` have a certificate, at its first visit or by `provision`; one that was deprovisioned
    /// may be visited again. Registering one's own domain again changes it.
    ///
    /// Throws `.conflict` for a name that belongs to another account.
    package func register(
        _ draft: DomainDraft, by caller: Caller
    ) async throws(LifecycleError) -> Domain {
        throw .unavailable("unwritten")
    }

    package func domain(
        _ reference: DomainReference, for caller: Caller
    ) async throws(LifecycleError) -> Domain {
        throw .unavailable("unwritten")
    }

    package func domains(
        _ filter: DomainFilter, _ page: PageRequest, for caller: Caller
    ) async throws(LifecycleError) -> Page<Domain> {
        throw .unavailable("unwritten")
    }

    /// The same by numbered pages, the first one being 0.
    package func domains(
        _ filter: DomainFilter, page: Int, size: Int, for caller: Caller
    ) async throws(LifecycleError) -> NumberedPage<Domain> {
        throw .unavailable("unwritten")
    }

    /// Throws `.changedMeanwhile` when the domain's generation is not `ifGeneration`.
    package func change(
        _ reference: DomainReference, _ change: DomainChange, ifGeneration: Int? = nil,
        by caller: Caller
    ) async throws(LifecycleError) -> Domain {
        throw .unavailable("unwritten")
    }

    /// Obtains a certificate of its own for a domain. Throws `.notRouted` or `.needsDelegation` when it
    /// would not be had; `.conflict` when one is under way.
    package func provision(
        _ reference: DomainReference, by caller: Caller
    ) async throws(LifecycleError) -> Issuance {
        throw .unavailable("unwritten")
    }

    /// Takes a domain out of service: when this returns every data loop refuses its name, also where a
    /// wildcard or a certificate of several names covers it, now and after a restart, until it is
    /// registered or ordered again. The certificate of its own is deleted, and revoked where asked for.
    package func deprovision(
        _ reference: DomainReference, revoking: Bool = false, by caller: Caller
    ) async throws(LifecycleError) {
        throw .unavailable("unwritten")
    }
}
