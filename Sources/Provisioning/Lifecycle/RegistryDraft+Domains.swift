// SPDX-License-Identifier: Apache-2.0
import Registry
import TLS

extension RegistryDraft {
    /// The domain of that name, made where there is none, for the caller's account, and set up by
    /// `change`. Throws `.conflict` where it belongs to another, or where a wildcard of one would stand for
    /// a name of the other; and where the operator serves it with a certificate of the configuration: who
    /// has the domain has its visitors sent to origins of its own.
    ///
    /// Names under `domains` of the configuration may be claimed: their customers' certificates are
    /// obtained like all others, and where their requests go is the configuration's before it is the API's
    /// (`OriginTable.origins`).
    func claim(
        _ name: CertificateName, source: Domain.Source = .certificate,
        _ change: (inout Domain) -> Void = { _ in }
    ) async throws -> Domain {
        if var domain = try await domain(named: name) {
            guard domain.account == caller.account else {
                throw LifecycleError.conflict("\(name) belongs to another account")
            }
            let before = domain
            change(&domain)
            let isNews =
                domain.snapshot != before.snapshot
                || domain.compatibility != before.compatibility
            guard isNews else { return domain }
            domain = put(domain)
            record(.domainChanged, about: domain)
            return domain
        }
        if try await foreignDomain(overlapping: name) != nil {
            throw LifecycleError.conflict(
                name.isWildcard
                    ? "a name that \(name) stands for belongs to another account"
                    : "a wildcard that stands for \(name) belongs to another account")
        }
        guard caller.actor == Caller.edgeActor || !reserved.overlap(name) else {
            throw LifecycleError.conflict(
                "\(name) is served with a certificate of the operator's own")
        }
        let number: DomainNumber = try await nextNumber()
        var domain = Domain(
            number: number, account: caller.account, name: name, source: source, at: now)
        change(&domain)
        domain = put(domain)
        record(.domainRegistered, about: domain)
        return domain
    }

    /// The same for several.
    func claim(_ names: [CertificateName]) async throws {
        try await readAhead(names)
        for name in names { _ = try await claim(name) }
    }

    /// Lets names be visited again that were deprovisioned; answers those that were, or that a wildcard
    /// above was. What belongs to another account by now stays out of service.
    func readmit(_ names: [CertificateName]) async throws -> Set<CertificateName> {
        var readmitted: Set<CertificateName> = []
        for name in names {
            if try await isWithdrawn(name) {
                var holder = try await domain(named: name)
                if holder == nil { holder = try await foreignDomain(overlapping: name) }
                guard holder == nil || holder?.account == caller.account else { continue }
                restore(name)
                readmitted.insert(name)
            } else if case .exact(let host) = name, let parent = host.parent,
                try await isWithdrawn(.wildcard(of: parent))
            {
                readmitted.insert(name)
            }
        }
        return readmitted
    }

    /// Those of `names` that were not deprovisioned.
    func inService(_ names: [CertificateName]) async throws -> [CertificateName] {
        var kept: [CertificateName] = []
        for name in names where try await !isWithdrawn(name) { kept.append(name) }
        return kept
    }

    /// Notes with what a domain is served; answers with what it was before, if that was another one.
    @discardableResult
    func secure(
        _ name: CertificateName, with certificate: CertificateNumber
    ) async throws -> CertificateNumber? {
        var domain = try await claim(name)
        guard domain.state != .secured || domain.certificate != certificate else { return nil }
        let isNews = domain.state != .secured
        let before = domain.certificate
        domain.state = .secured
        domain.certificate = certificate
        domain = put(domain)
        record(isNews ? .domainSecured : .domainChanged, about: domain)
        return before == certificate ? nil : before
    }

    /// Notes that a domain is no longer served with `certificate`.
    func release(_ name: CertificateName, from certificate: CertificateNumber) async throws {
        guard var domain = try await domain(named: name), domain.certificate == certificate else {
            return
        }
        domain.certificate = nil
        domain.state = domain.state.withoutService
        domain = put(domain)
        record(.domainChanged, about: domain)
    }

    /// Notes that what a domain was served with has ended.
    func expire(_ name: CertificateName, with certificate: CertificateNumber) async throws {
        guard var domain = try await domain(named: name), domain.certificate == certificate,
            domain.state.withoutService != domain.state
        else { return }
        domain.state = domain.state.withoutService
        domain = put(domain)
        record(.domainChanged, about: domain)
    }

    /// Notes whether a domain that is not served points here.
    func note(_ report: DomainReport) async throws {
        guard var domain = try await domain(named: report.name),
            domain.account == caller.account
        else { return }
        let state = domain.state.seen(report)
        guard state != domain.state else { return }
        domain.state = state
        domain = put(domain)
        record(state == .routed ? .domainRouted : .domainChanged, about: domain)
    }
}

extension Domain.State {
    /// What it is when nothing serves it any more.
    var withoutService: Domain.State {
        switch self {
        case .secured, .misrouted: .registered
        case .registered, .routed: self
        }
    }
}
