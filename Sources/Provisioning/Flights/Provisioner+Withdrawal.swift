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
        }
        await table.value.settled()
    }

    /// Stops a flight for a name that was deprovisioned, before it began or while it was on its way.
    func requireNotWithdrawn(_ name: ServerName) throws(ProvisioningFailure) {
        guard table.value.isWithdrawn(name, at: clock()) else { return }
        throw .refused(.withdrawn, why: "it was deprovisioned")
    }
}
