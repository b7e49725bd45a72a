// SPDX-License-Identifier: Apache-2.0
import Registry
import Storage
import TLS

/// What serves is in files, what is said of it in the registry, and no commit has both. A name is noted as
/// unsettled before its files change, and no longer by the commit that says so: the next start puts right
/// what a crash has left in between.
extension Lifecycle {
    func unsettle(
        _ names: [CertificateName], by caller: Caller
    ) async throws(LifecycleError) {
        guard !names.isEmpty else { return }
        try await change(by: caller) { $0.unsettle(names) }
    }

    /// Serves unsettled names with what the registry has for them.
    func settleNames() async throws(LifecycleError) {
        let names = try await read { () async throws(StorageError) in
            try await registry.unsettledNames()
        }
        for name in names {
            // Where that fails it stays noted, for the next start.
            do throws(LifecycleError) { try await settle(name) } catch { continue }
        }
    }

    private func settle(_ name: CertificateName) async throws(LifecycleError) {
        if let version = try await versionInService(of: name) {
            try await install(try await servable(version), as: [name])
        } else {
            try await uninstall(name)
        }
        try await change(by: edge(Caller.mainAccount, because: .bound)) { $0.settle([name]) }
    }

    /// The version that the registry has a name served with: that of the site that is published there, or
    /// of the domain's certificate.
    private func versionInService(
        of name: CertificateName
    ) async throws(LifecycleError) -> CertificateVersion? {
        try await read { () async throws(StorageError) in
            guard try await !registry.isWithdrawn(name) else { return nil }
            var number: VersionNumber?
            if case .exact(let host) = name {
                number = try await registry.site(hosting: host)?.publishedVersion
            }
            if number == nil, let domain = try await registry.domain(named: name),
                let certificate = domain.certificate
            {
                number = try await registry.certificate(certificate)?.currentVersion
            }
            guard let number, let version = try await registry.version(number),
                version.state == .active
            else { return nil }
            return version
        }
    }
}
