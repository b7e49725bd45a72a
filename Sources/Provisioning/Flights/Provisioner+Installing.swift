// SPDX-License-Identifier: Apache-2.0
package import ACME
import Networking
import Registry
package import Storage
package import TLS

extension Provisioner {
    /// Why a certificate did not come into service.
    package enum InstallationError: Error, Sendable, CustomStringConvertible {
        case storage(StorageError)
        /// The pair cannot be served.
        case pair(TLSError)

        package var description: String {
            switch self {
            case .storage(let error): "\(error)"
            case .pair(let error): "\(error)"
            }
        }
    }

    /// Stores the pair under each of `directories`, puts it into service, and returns when every
    /// loop serves it. When it throws, what was in service still is.
    package func install(
        _ chain: CertificateChain, _ key: PrivateKey, as directories: [CertificateName],
        provenance: Provenance
    ) async throws(InstallationError) {
        var certificates: [StoredCertificate] = []
        do throws(TLSError) {
            for directory in directories {
                certificates.append(
                    try StoredCertificate(
                        directory: directory, chain: chain, key: key, provenance: provenance,
                        issuers: files.issuers))
            }
        } catch {
            throw .pair(error)
        }
        var versions: [StorageVersion] = []
        do throws(StorageError) {
            for certificate in certificates {
                versions.append(try await files.storeBesideRefused(certificate, at: clock()))
            }
        } catch {
            throw .storage(error)
        }
        for (directory, version) in zip(directories, versions) {
            unstored[directory] = nil
            table.value.versions[directory] = version
            if case .exact(let name) = directory { refusals.value.clear(name) }
        }
        table.value.insert(certificates)
        landManaged(on: certificates)
        await table.value.settled()
    }

    /// Takes what is filed under `directory` out of service and out of storage, and returns when no
    /// loop serves it any more.
    package func uninstall(_ directory: CertificateName) async throws(StorageError) {
        unstored[directory] = nil
        table.value.remove(directory)
        await table.value.settled()
        try await files.remove(directory)
        // A handshake that came meanwhile may have read the files before they went.
        table.value.didRemove(directory)
        await table.value.settled()
    }

    /// Ends a certificate's validity before its time.
    package func revoke(
        _ leaf: Certificate, issuer name: String, because reason: RevocationReason
    ) async throws(IssuerError) {
        guard let issuer = policy.issuers[name] else {
            throw IssuerError(issuer: name, class: .account, underlying: NotConfigured())
        }
        try await issuer.revoke(leaf, because: reason)
    }

    private struct NotConfigured: Error, CustomStringConvertible {
        var description: String { "it is not configured any more" }
    }

    /// What DNS says of a name now; for a wildcard, the routing is CAA alone.
    package func report(
        on name: CertificateName
    ) async -> (
        routing: Eligibility, delegation: DelegationReport, persistence: PersistenceReport
    ) {
        let check = policy.check
        let identities = (try? await reachableIdentities()) ?? []
        let delegation = ChallengeZoneName.delegation(of: name, to: policy.zone)
        async let routing =
            switch name {
            case .exact(let host):
                check.eligibility(of: host, isWildcard: false, for: identities)
            case .wildcard: check.permission(of: name, for: identities)
            }
        async let found = check.report(on: delegation)
        async let persistence = check.persistence(of: name, for: identities)
        return await (routing, found, persistence)
    }
}
