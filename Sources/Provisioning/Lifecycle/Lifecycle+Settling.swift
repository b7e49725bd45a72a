// SPDX-License-Identifier: Apache-2.0
import Registry
import Storage
import TLS

/// What serves is in files, what is said of it in the registry, and no commit has both. A name is noted as
/// unsettled before its files change, and no longer by the commit that says so: what a failure leaves in
/// between is put right at once, what a crash leaves by the next start.
///
/// Names that go out of service for good are on the deny-list first (`deprovision`, `unpublish`), and
/// unsettled until their files are gone.
extension Lifecycle {
    /// Changes the files of `names` by `files`, and then what is said of them by `commit`. Changes of the
    /// same name take turns. When it throws they serve what the registry says of them, or will after the
    /// next start.
    func changeService<Done: Sendable, R: Sendable>(
        of names: [CertificateName], by caller: Caller,
        files: () async throws(LifecycleError) -> Done,
        commit: @escaping @Sendable (RegistryDraft, Done) async throws -> R
    ) async throws(LifecycleError) -> R {
        await hold(names)
        defer { release(names) }
        if !names.isEmpty {
            try await change(by: caller.midway) { $0.unsettle(names) }
        }
        do throws(LifecycleError) {
            let done = try await files()
            return try await change(by: caller) { change in
                let answer = try await commit(change, done)
                change.settle(names)
                return answer
            }
        } catch {
            await settle(all: names)
            throw error
        }
    }

    /// Removes the files of names that are on the deny-list.
    func removeFiles(of names: [CertificateName]) async throws(LifecycleError) {
        await hold(names)
        defer { release(names) }
        for name in names { try await uninstall(name) }
    }

    /// Waits until nobody else changes what serves these names.
    private func hold(_ names: [CertificateName]) async {
        while names.contains(where: held.contains) {
            await withCheckedContinuation { waitingForNames.append($0) }
        }
        held.formUnion(names)
    }

    private func release(_ names: [CertificateName]) {
        held.subtract(names)
        let waiting = waitingForNames
        waitingForNames = []
        for continuation in waiting { continuation.resume() }
    }

    /// Serves unsettled names with what the registry has for them.
    func settleNames() async throws(LifecycleError) {
        let names = try await read { () async throws(StorageError) in
            try await registry.unsettledNames()
        }
        await settle(all: names)
    }

    /// Where that fails it stays noted, for the next start.
    private func settle(all names: some Sequence<CertificateName>) async {
        for name in names {
            do throws(LifecycleError) {
                try await settle(name)
            } catch {
                report(error, .settling, name.text)
            }
        }
    }

    private func settle(_ name: CertificateName) async throws(LifecycleError) {
        if let version = try await versionInService(of: name) {
            try await install(try await servable(version), as: [name])
        } else if try await isOursToRemove(name) {
            try await uninstall(name)
        }
        try await change(by: .edge(Caller.mainAccount, because: .bound)) { $0.settle([name]) }
    }

    /// Whether we have put there what serves a name, or nothing may: a pair that was copied in, or came by
    /// a visit, stays.
    private func isOursToRemove(_ name: CertificateName) async throws(LifecycleError) -> Bool {
        let now = clock()
        return try await read { () async throws(StorageError) in
            if try await registry.isWithdrawn(name) { return true }
            let found = try await provisioner.files.load(name, at: now)
            guard case .certificate(let present)? = found?.pair else { return false }
            return present.provenance.certificate != nil
        }
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
