// SPDX-License-Identifier: Apache-2.0
import Networking
package import TLS

/// Taking names out of service, and letting them back in.
extension Provisioner {
    /// Refuses these names from now on, whatever certificate would cover them, and closes the connections
    /// that were made for them. Returns when every data loop does so. Not remembered over a restart: that
    /// is up to the caller.
    package func withdraw(_ names: Set<CertificateName>) async {
        await set(names, areWithdrawn: true)
    }

    /// Undoes `withdraw`.
    package func restore(_ names: Set<CertificateName>) async {
        await set(names, areWithdrawn: false)
    }

    private func set(_ names: Set<CertificateName>, areWithdrawn: Bool) async {
        guard !names.isEmpty else { return }
        table.value.set(names, areWithdrawn: areWithdrawn)
        if !areWithdrawn {
            for case .exact(let host) in names { refusals.value.clear(host) }
            if names.contains(where: \.isWildcard) { refusals.value.clearWithdrawn() }
            refusals.value.publish()
        }
        await table.value.settled()
    }

    /// Stops a flight for a name that was deprovisioned, before it began or while it was on its way. Where
    /// it was a wildcard that stood for it, a domain of that very name may be obtained all the same.
    func requireNotWithdrawn(_ name: ServerName) async throws(ProvisioningFailure) {
        guard !table.value.isWithdrawn(.exact(name)) else {
            throw .refused(.withdrawn, why: "it was deprovisioned")
        }
        guard let wildcard = withdrawnWildcard(above: name),
            table.value.certificate(for: name, at: clock()) == nil
        else { return }
        guard await registration?.hasOwnDomain(name) ?? false else {
            throw refuse(name, .withdrawn, "\(wildcard) was deprovisioned", for: waits.denied)
        }
    }

    func withdrawnWildcard(above name: ServerName) -> CertificateName? {
        guard let wildcard = name.parent.map({ CertificateName.wildcard(of: $0) }),
            table.value.isWithdrawn(wildcard)
        else { return nil }
        return wildcard
    }
}
