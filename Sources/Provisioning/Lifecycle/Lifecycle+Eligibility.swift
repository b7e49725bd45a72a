// SPDX-License-Identifier: Apache-2.0
import Networking
package import Registry
import Storage
package import TLS

/// Whether a domain may have a certificate, and how it gets one of its own.
extension Lifecycle {
    /// What DNS says of `name` now. Changes nothing.
    package func report(on name: CertificateName) async -> DomainReport {
        let found = await provisioner.report(on: name)
        return DomainReport(
            name: name, routing: found.routing, delegation: found.delegation,
            persistence: found.persistence, isServed: isServed(name))
    }

    /// The same of several, in their order and side by side: as many at once as
    /// `Configuration.lookups` says. Those whose turn has not come within `lookupPatience` were not looked
    /// up, and say so.
    func reports(on names: [CertificateName]) async -> [DomainReport] {
        let end = Instant.now + configuration.lookupPatience
        return await withTaskGroup(of: (Int, DomainReport).self) { group in
            var reports = names.map {
                DomainReport(notLookedUp: $0, zone: zone, isServed: isServed($0))
            }
            var next = 0
            func begin() {
                let (index, name) = (next, names[next])
                group.addTask { (index, await self.report(on: name)) }
                next += 1
            }
            while next < min(configuration.lookups, names.count) { begin() }
            for await (index, report) in group {
                reports[index] = report
                if next < names.count, Instant.now < end { begin() }
            }
            return reports
        }
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

    /// What DNS says of a name now; a domain of the caller's without a certificate is `routed` or
    /// `registered` from then on. A name need not be registered.
    package func check(
        _ reference: DomainReference, by caller: Caller
    ) async throws(LifecycleError) -> DomainReport {
        switch reference {
        case .number:
            let domain = try await domain(reference, for: caller)
            let report = await report(on: domain.name)
            try await note(report, by: caller)
            return report
        case .name(let name):
            let report = await report(on: name)
            try await note(report, by: caller)
            return report
        }
    }

    /// Notes where a domain of the caller's points, where that is news.
    private func note(
        _ report: DomainReport, by caller: Caller
    ) async throws(LifecycleError) {
        let known = try await read { () async throws(StorageError) in
            try await registry.domain(named: report.name)
        }
        guard let known, known.account == caller.account,
            known.state.seen(report) != known.state
        else { return }
        let seen = Caller(
            account: caller.account, actor: caller.actor, requestID: caller.requestID, cause: .dns)
        try await change(by: seen) { try await $0.note(report) }
    }

    /// Obtains a certificate of its own for a domain. Throws `.notRouted` or `.needsDelegation` when it
    /// would not be had; `.conflict`, and changes nothing, when one is under way. One that waits for its next
    /// attempt is attempted at once.
    package func provision(
        _ reference: DomainReference, by caller: Caller
    ) async throws(LifecycleError) -> Issuance {
        let domain = try await domain(reference, for: caller)
        return try await provision(domain.name, as: nil, by: caller)
    }

    /// The same for a domain that is registered with it, or registered again: it is as `draft` says then.
    package func provision(
        _ draft: DomainDraft, by caller: Caller
    ) async throws(LifecycleError) -> Issuance {
        try require(applicationURLs: draft.applicationURLs ?? [])
        return try await provision(draft.name, as: draft, by: caller)
    }

    private func provision(
        _ name: CertificateName, as draft: DomainDraft?, by caller: Caller
    ) async throws(LifecycleError) -> Issuance {
        // From the look for a certificate to the commit that makes one nobody else looks.
        guard provisioning.insert(name).inserted else {
            throw .conflict("\(name) is being provisioned")
        }
        defer { provisioning.remove(name) }
        let own = try await ownCertificate(of: name, for: caller)
        if let open = own?.openIssuance,
            try await issuance(open, for: caller).attempts?.next == nil
        {
            throw .conflict("issuance \(open) is not done")
        }
        let report = try await requireEligible(name)
        if let draft { _ = try await register(draft, by: caller.midway) }
        try await note(report, by: caller)
        if let own { return try await issue(own.number, IssuanceDraft(reason: .api), by: caller) }
        return try await create(CertificateDraft(names: [name]), by: caller).issuance
    }

    /// The certificate for this name alone that goes into service by itself, with an attempt under way or
    /// not: the one that is under way, the one in service, the newest.
    private func ownCertificate(
        of name: CertificateName, for caller: Caller
    ) async throws(LifecycleError) -> ManagedCertificate? {
        let known = try await read { () async throws(StorageError) in
            try await registry.domain(named: name)
        }
        let found = try await certificates(forNothingBut: name, of: caller.account).filter {
            $0.keySource == .edge && $0.issuer == .configured && $0.activation == .automatic
        }
        return found.first { $0.openIssuance != nil }
            ?? found.first { $0.number == known?.certificate } ?? found.last
    }

    /// The certificates that are for this name alone, at most as many as one may have had.
    func certificates(
        forNothingBut name: CertificateName, of account: String
    ) async throws(LifecycleError) -> [ManagedCertificate] {
        var filter = CertificateFilter()
        filter.name = name
        let page = PageRequest(limit: PageRequest.limitMax)
        return try await read { () async throws(StorageError) in
            try await registry.certificates(filter, of: account, page)
        }.elements.filter { $0.names == [name] }
    }

    /// Throws `.notRouted` or `.needsDelegation` unless each of these names could have a certificate now.
    package func requireEligible(_ names: [CertificateName]) async throws(LifecycleError) {
        for report in await reports(on: names) { try Self.require(report) }
    }

    private func requireEligible(
        _ name: CertificateName
    ) async throws(LifecycleError) -> DomainReport {
        let report = await report(on: name)
        try Self.require(report)
        return report
    }

    private static func require(_ report: DomainReport) throws(LifecycleError) {
        guard !report.isEligible else { return }
        if report.name.isWildcard, case .eligible = report.routing {
            throw .needsDelegation(report.name, report.delegation.delegation)
        }
        throw .notRouted(report)
    }
}

extension DomainReport {
    /// Nobody has asked DNS about it: there was no time.
    fileprivate init(
        notLookedUp name: CertificateName, zone: ChallengeZoneName?, isServed: Bool
    ) {
        let why = "It was not looked up: the names before it took too long. Try again."
        self.init(
            name: name,
            routing: .ineligible(
                Ineligibility(
                    cause: .noAnswer, advice: why, changes: [], retryAfter: nil,
                    evidence: Evidence())),
            delegation: DelegationReport(
                delegation: ChallengeZoneName.delegation(of: name, to: zone), found: [],
                trouble: why),
            persistence: PersistenceReport(
                owner: "_validation-persist.\(name.base)", expected: [], found: [],
                isInPlace: false),
            isServed: isServed)
    }
}

extension Domain.State {
    /// What it is by what DNS says. Of what is served visits and renewals tell; a resolver without an
    /// answer tells nothing.
    func seen(_ report: DomainReport) -> Domain.State {
        switch self {
        case .registered, .routed:
            switch report.isRouted {
            case true?: .routed
            case false?: .registered
            case nil: self
            }
        case .secured, .misrouted: self
        }
    }
}
