// SPDX-License-Identifier: Apache-2.0
package import Registry
package import Storage
import TLS

/// Domains: the names that may have a certificate.
extension Lifecycle {
    /// Keeps these names for the operator from now on: no account may claim one, or a wildcard for one.
    /// Who has one already goes on having it.
    package func reserve(_ names: ReservedNames) async {
        await registry.reserve(names)
    }

    /// Lets `name` have a certificate, at its first visit or by `provision`; one that was deprovisioned
    /// may be visited again. Registering one's own domain again changes what the draft says, and leaves
    /// the rest: it may be done by whoever wants to be sure that it is registered.
    ///
    /// Throws `.conflict` for a name that belongs to another account, or to the operator.
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
        await tellOrigins(of: [domain.name])
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
        try await readNumbered {
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
        await tellOrigins(of: [domain.name])
        return domain
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
