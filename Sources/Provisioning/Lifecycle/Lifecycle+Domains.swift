// SPDX-License-Identifier: Apache-2.0
import Networking
package import Registry
package import Storage
package import TLS

/// Domains: the names that may have a certificate.
extension Lifecycle {
    /// What DNS says of `name` now. Changes nothing.
    package func report(on name: CertificateName) async -> DomainReport {
        let found = await provisioner.report(on: name)
        return DomainReport(
            name: name, routing: found.routing, delegation: found.delegation,
            persistence: found.persistence, isServed: isServed(name))
    }

    /// Whether handshakes for `name` get a certificate now, be it its own or one that covers it.
    package func isServed(_ name: CertificateName) -> Bool {
        switch name {
        case .exact(let host):
            !table.value.isWithdrawn(name)
                && table.value.certificate(for: host, at: clock()) != nil
        case .wildcard:
            table.value[name].map { $0.notAfter > clock() } ?? false
        }
    }

    /// Lets `name` have a certificate, at its first visit or by `provision`; one that was deprovisioned
    /// may be visited again. Registering one's own domain again changes what the draft says, and leaves
    /// the rest: it may be done by whoever wants to be sure that it is registered.
    ///
    /// Throws `.conflict` for a name that belongs to another account.
    package func register(
        _ draft: DomainDraft, by caller: Caller
    ) async throws(LifecycleError) -> Domain {
        try require(applicationURLs: draft.applicationURLs ?? [])
        let (domain, readmitted) = try await change(by: caller) { change in
            let domain = try await change.claim(draft.name, source: .api) { domain in
                if domain.source == .certificate { domain.source = .api }
                if let urls = draft.applicationURLs { domain.applicationURLs = urls }
                if let reference = draft.clientReference { domain.clientReference = reference }
                if let compatibility = draft.compatibility { domain.compatibility = compatibility }
            }
            return (domain, try await change.readmit([draft.name]))
        }
        await tellOrigins(of: domain.name, registered: domain.applicationURLs)
        await provisioner.restore(readmitted)
        return domain
    }

    package func domain(
        _ reference: DomainReference, for caller: Caller
    ) async throws(LifecycleError) -> Domain {
        let domain = try await read { () async throws(StorageError) in
            switch reference {
            case .number(let number): try await registry.domain(number)
            case .name(let name): try await registry.domain(named: name)
            }
        }
        return try domain.owned(by: caller, as: reference.description)
    }

    package func domains(
        _ filter: DomainFilter, _ page: PageRequest, for caller: Caller
    ) async throws(LifecycleError) -> Page<Domain> {
        try await read { () async throws(StorageError) in
            try await registry.domains(filter, of: caller.account, page)
        }
    }

    /// The same by numbered pages, the first one being 0.
    package func domains(
        _ filter: DomainFilter, page: Int, size: Int, order: RecordRange.Order = .ascending,
        for caller: Caller
    ) async throws(LifecycleError) -> NumberedPage<Domain> {
        try await read { () async throws(StorageError) in
            try await registry.domains(
                filter, of: caller.account, page: page, size: size, order: order)
        }
    }

    /// Throws `.changedMeanwhile` when the domain's generation is not `ifGeneration`.
    package func change(
        _ reference: DomainReference, _ wanted: DomainChange, ifGeneration: Int? = nil,
        by caller: Caller
    ) async throws(LifecycleError) -> Domain {
        try require(applicationURLs: wanted.applicationURLs ?? [])
        let domain = try await change(by: caller) { change in
            var domain = try await change.domain(reference)
            try domain.requireGeneration(ifGeneration)
            if let urls = wanted.applicationURLs { domain.applicationURLs = urls }
            if let reference = wanted.clientReference { domain.clientReference = reference }
            if let compatibility = wanted.compatibility { domain.compatibility = compatibility }
            domain = change.put(domain)
            change.record(.domainChanged, about: domain)
            return domain
        }
        await tellOrigins(of: domain.name, registered: domain.applicationURLs)
        return domain
    }

    /// Obtains a certificate of its own for a domain. Throws `.notRouted` or `.needsDelegation` when it
    /// would not be had; `.conflict` when one is under way.
    package func provision(
        _ reference: DomainReference, by caller: Caller
    ) async throws(LifecycleError) -> Issuance {
        let domain = try await domain(reference, for: caller)
        try await requireEligible([domain.name])
        if let number = domain.certificate {
            let known = try await read { () async throws(StorageError) in
                try await registry.certificate(number)
            }
            if let known, known.names == [domain.name], known.issuer == .configured,
                known.keySource == .edge, !known.isDeleted
            {
                return try await issue(number, IssuanceDraft(reason: .api), by: caller)
            }
        }
        return try await create(CertificateDraft(names: [domain.name]), by: caller).issuance
    }

    /// Throws `.notRouted` or `.needsDelegation` unless each of these names could have a certificate now.
    package func requireEligible(_ names: [CertificateName]) async throws(LifecycleError) {
        for name in names {
            let report = await report(on: name)
            guard !report.isEligible else { continue }
            if name.isWildcard, case .eligible = report.routing {
                throw .needsDelegation(name, report.delegation.delegation)
            }
            throw .notRouted(report)
        }
    }
}

extension RegistryDraft {
    func domain(_ reference: DomainReference) async throws -> Domain {
        let domain =
            switch reference {
            case .number(let number): try await domain(number)
            case .name(let name): try await domain(named: name)
            }
        return try domain.owned(by: caller, as: reference.description)
    }
}
