// SPDX-License-Identifier: Apache-2.0
import Registry
import Storage
import TLS

extension Lifecycle {
    /// Takes up what an earlier process left: names that were deprovisioned are refused, domains get
    /// their origins, names whose files were being changed serve what is said of them, open issuances go
    /// on, and what is due is done. To be called once, before handshakes come.
    ///
    /// Throws `.unavailable` when the names that must not be served cannot be read: nothing may be served
    /// then.
    package func start() async throws(LifecycleError) {
        let withdrawn = try await read { () async throws(StorageError) in
            try await registry.withdrawnNames()
        }
        await provisioner.withdraw(Set(withdrawn))
        try await removeLeftovers(of: Set(withdrawn))
        try await settleNames()
        let origins = try await read { () async throws(StorageError) in
            try await registry.domainsWithOrigins()
        }
        originsDidChange(origins)
        try await eachPage(of: { page async throws(StorageError) in
            try await registry.publishedSites(page)
        }) { site in
            if !site.applicationURLs.isEmpty {
                await tellOrigins(of: site.hosts.map { .exact($0) })
            }
        }
        try await eachPage(of: { page async throws(StorageError) in
            try await registry.openIssuances(page)
        }) { issuance in
            takeUp(issuance)
        }
        await doWhatIsDue()
    }

    /// A crash may have come between the word that a name is out of service and the end of its files.
    private func removeLeftovers(of withdrawn: Set<CertificateName>) async throws(LifecycleError) {
        guard !withdrawn.isEmpty else { return }
        let present = try await read { () async throws(StorageError) in
            try await provisioner.files.names()
        }
        for name in present where withdrawn.contains(name) { try await uninstall(name) }
    }

    /// Has an open issuance go on, at its time.
    func takeUp(_ issuance: Issuance) {
        switch issuance.state {
        case .authorizing, .finalizing, .installing:
            guard let next = issuance.attempts?.next else { return enqueue(issuance.number) }
            lookAgain(at: issuance.number, on: next)
        case .awaitingDelegation:
            lookAgain(
                at: issuance.number, on: clock() + configuration.delegationInterval.lowerBound)
        default: break
        }
    }

    private func eachPage<Object>(
        of list: (PageRequest) async throws(StorageError) -> Page<Object>,
        _ body: (Object) async -> Void
    ) async throws(LifecycleError) {
        var page = PageRequest(limit: configuration.batch)
        while true {
            let found = try await read { () async throws(StorageError) in try await list(page) }
            for object in found.elements { await body(object) }
            guard let next = found.next else { return }
            page.after = next
        }
    }
}
