// SPDX-License-Identifier: Apache-2.0
package import FoundationEssentials
package import Storage
package import TLS

/// Every certificate in service. The authority: data loops hold copies of its index, replaced by
/// message whenever it changes.
///
/// Lives on the control loop.
package final class CertificateTable {
    package struct Configuration: Sendable {
        /// Certificates kept in memory; further ones stay in storage, are loaded when a handshake
        /// asks for them, and live in the data loops' caches. Default: 1,000,000.
        package var capacity = 1_000_000

        package init() {}
    }

    private let configuration: Configuration
    private let loops: DataLoops
    /// What is in service for each directory of the store.
    private var stored: [CertificateName: StoredCertificate] = [:]
    /// The state of each directory that was looked at last, whatever came of it.
    package var versions: [CertificateName: StorageVersion] = [:]

    /// What was removed from storage while somebody read there.
    private var removals = StorageRemovals()

    /// Told what is in service for a directory from now on; nil when nothing is any more.
    package var didChange: (CertificateName, StoredCertificate?) -> Void = { _, _ in }

    package init(loops: DataLoops, configuration: Configuration = Configuration()) {
        self.loops = loops
        self.configuration = configuration
    }

    package var count: Int { stored.count }

    /// What is in service for a directory of the store.
    package subscript(directory: CertificateName) -> StoredCertificate? { stored[directory] }

    /// The certificate that `host` is served with, by its own name or by a wildcard.
    package func certificate(for host: ServerName, at now: Date) -> StoredCertificate? {
        loops.state.certificate(for: host, at: now)?.certificate
    }

    /// Puts certificates into service, each in the place of the one from the same directory. One
    /// message goes to each loop, whatever their number.
    package func insert(_ certificates: [StoredCertificate]) {
        var changed: Set<CertificateName> = []
        loops.update { state in
            for certificate in certificates {
                guard let directory = certificate.directory else { continue }
                let present = stored[directory]
                // Also one that finds no room: loops that cached its predecessor forget that.
                changed.formUnion(certificate.servedNames)
                guard present != nil || stored.count < configuration.capacity else { continue }
                if let present {
                    state.certificates.remove(present)
                    changed.formUnion(present.servedNames)
                }
                state.certificates.insert(certificate)
                stored[directory] = certificate
            }
            return changed
        }
        for certificate in certificates {
            guard let directory = certificate.directory else { continue }
            didChange(directory, certificate)
        }
    }

    /// Takes what is in service for a directory out of service.
    package func remove(_ directory: CertificateName) {
        guard let certificate = stored.removeValue(forKey: directory) else { return }
        loops.update { state in
            state.certificates.remove(certificate)
            return Set(certificate.servedNames)
        }
        didChange(directory, nil)
    }

    /// Has what is read in storage from now on checked with `endReading`.
    package func beginReading() -> StorageRemovals.Mark { removals.beginReading() }

    /// Which of `directories` were removed from storage since: what was read there is no more.
    package func endReading(
        of directories: [CertificateName], since mark: StorageRemovals.Mark
    ) -> Set<CertificateName> {
        removals.endReading(of: directories, since: mark)
    }

    /// Takes out of service what storage has no longer, and what came from there meanwhile.
    package func didRemove(_ directory: CertificateName) {
        removals.note(directory)
        versions[directory] = nil
        remove(directory)
    }

    /// Refuses these names from now on, or no longer.
    package func set(_ names: Set<CertificateName>, areWithdrawn: Bool) {
        loops.set(names, areWithdrawn: areWithdrawn)
    }

    /// Whether the very name was deprovisioned.
    package func isWithdrawn(_ name: CertificateName) -> Bool {
        loops.state.withdrawals.contains(name)
    }

    /// Returns when every data loop has what was changed before the call.
    package func settled() async {
        await loops.settled()
    }

    /// Replaces the operator's own certificates from the configuration, and the one for clients
    /// that send no name.
    package func setConfigured(
        _ certificates: [StoredCertificate], default fallback: StoredCertificate?
    ) {
        loops.update { state in
            var changed: Set<CertificateName> = []
            for certificate in state.configured {
                state.certificates.remove(certificate)
                changed.formUnion(certificate.servedNames)
            }
            for certificate in certificates {
                state.certificates.insert(certificate)
                changed.formUnion(certificate.servedNames)
            }
            state.configured = certificates
            state.fallback = fallback
            return changed
        }
    }
}
