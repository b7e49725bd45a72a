// SPDX-License-Identifier: Apache-2.0
package import Registry
import Storage
import TLS

extension Lifecycle {
    /// Takes a domain out of service: when this returns every data loop refuses its name, also where a
    /// wildcard or a certificate of several names covers it, now and after a restart, until it is
    /// registered or ordered again. A certificate that is left without a name in service is deleted, and
    /// revoked where asked for.
    ///
    /// Throws `.unavailable` when revoking failed: it is out of service then, and still there to be
    /// deprovisioned again.
    package func deprovision(
        _ reference: DomainReference, revoking: Bool = false, by caller: Caller
    ) async throws(LifecycleError) {
        let domain = try await domain(reference, for: caller)
        // Remembered first: a crash from here on leaves it out of service.
        try await change(by: caller) { change in
            let domain = try await change.domain(reference)
            change.withdraw(domain.name)
            change.unsettle([domain.name])
            guard let certificate = domain.certificate else { return }
            try await change.release(domain.name, from: certificate)
            try await change.supersede(unlessServing: certificate)
        }
        await provisioner.withdraw([domain.name])
        try await removeFiles(of: [domain.name])
        let own = try await ownCertificates(of: domain)
        for certificate in own {
            if let open = certificate.openIssuance { try await withdraw(open, by: caller) }
            if revoking { try await revokeAll(of: certificate) }
        }
        // One by one: with all their names they are more than one commit may write.
        for certificate in own {
            try await change(by: caller.midway) { try await $0.delete(certificate.number) }
        }
        try await change(by: caller) { change in
            change.settle([domain.name])
            guard let domain = try await change.domain(domain.number) else { return }
            change.remove(domain)
            change.record(.domainDeprovisioned, about: domain)
        }
        await tellOrigins(of: [domain.name])
    }

    /// The same for a domain and what belongs to it: the names within it that were ordered or visited,
    /// and not those that were registered, nor what is within those. It goes last, so that what has
    /// failed half-way may be asked for again.
    package func deprovision(
        zone reference: DomainReference, revoking: Bool = false, by caller: Caller
    ) async throws(LifecycleError) {
        let domain = try await domain(reference, for: caller)
        guard case .exact(let parent) = domain.name else {
            return try await deprovision(reference, revoking: revoking, by: caller)
        }
        var filter = DomainFilter()
        filter.within = parent
        var page = PageRequest(limit: PageRequest.limitMax)
        var kept: Domain?
        repeat {
            // By names from the last label on: what is within a name comes right after it.
            let found = try await domains(filter, page, for: caller)
            for name in found.elements where name.number != domain.number {
                if let kept, name.name.text.hasSuffix("." + kept.name.text) { continue }
                guard name.source != .api else {
                    kept = name
                    continue
                }
                try await deprovision(.number(name.number), revoking: revoking, by: caller)
            }
            page.after = found.next
        } while page.after != nil
        try await deprovision(.number(domain.number), revoking: revoking, by: caller)
    }

    /// The certificates that have no name left in service, this one being gone; at most as many as one
    /// may have had.
    private func ownCertificates(
        of domain: Domain
    ) async throws(LifecycleError) -> [ManagedCertificate] {
        var filter = CertificateFilter()
        filter.name = domain.name
        let page = PageRequest(limit: PageRequest.limitMax)
        let found = try await read { () async throws(StorageError) in
            try await registry.certificates(filter, of: domain.account, page)
        }
        var own: [ManagedCertificate] = []
        for certificate in found.elements
        where try await areWithdrawn(certificate.names) {
            if try await sites(linkedTo: certificate).isEmpty { own.append(certificate) }
        }
        return own
    }

    private func areWithdrawn(_ names: [CertificateName]) async throws(LifecycleError) -> Bool {
        try await read { () async throws(StorageError) in
            for name in names where try await !registry.isWithdrawn(name) { return false }
            return true
        }
    }
}
