// SPDX-License-Identifier: Apache-2.0
package import Registry

/// Who renews certificates that have an owner: as the owner wants it, and with records of it.
package protocol ManagedRenewal: Sendable {
    /// Begins to obtain a successor of a version that is in service, unless one is on its way, and says
    /// when to ask again. What comes of it is installed by whoever conforms.
    func renew(
        _ certificate: CertificateNumber, because reason: Issuance.Reason
    ) async -> RenewalOutcome
}
