// SPDX-License-Identifier: Apache-2.0
package import Registry

/// Issuances: attempts at a certificate.
extension Lifecycle {
    package func issuance(
        _ number: IssuanceNumber, for caller: Caller
    ) async throws(LifecycleError) -> Issuance {
        throw .unavailable("unwritten")
    }

    package func issuances(
        _ filter: IssuanceFilter, _ page: PageRequest, for caller: Caller
    ) async throws(LifecycleError) -> Page<Issuance> {
        throw .unavailable("unwritten")
    }

    /// Begins a draft. Throws `.conflict` for one that has begun.
    package func start(
        _ number: IssuanceNumber, by caller: Caller
    ) async throws(LifecycleError) -> Issuance {
        throw .unavailable("unwritten")
    }

    /// Tries again: a new issuance after one that failed; one that waits for a delegation looks at once.
    package func retry(
        _ number: IssuanceNumber, by caller: Caller
    ) async throws(LifecycleError) -> Issuance {
        throw .unavailable("unwritten")
    }

    /// Ends an issuance that is open. Throws `.conflict` for one that has ended, or whose result is on its
    /// way into service.
    package func cancel(
        _ number: IssuanceNumber, by caller: Caller
    ) async throws(LifecycleError) -> Issuance {
        throw .unavailable("unwritten")
    }

    /// Reads a certification request in PEM and looks its names up in DNS. Changes nothing.
    package func inspect(
        request pem: String
    ) async throws(LifecycleError) -> RequestInspection {
        throw .unavailable("unwritten")
    }
}
