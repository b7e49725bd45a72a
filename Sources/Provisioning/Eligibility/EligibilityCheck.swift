// SPDX-License-Identifier: Apache-2.0
package import DNS
import Networking
package import TLS

/// Finds out whether a domain points at us and whether its CAA records permit our issuers.
///
/// A domain points at us when
/// 1. it is `cname_target` itself and has an address, or
/// 2. a CNAME on its way leads to `cname_target`, or
/// 3. all its A and AAAA records, and there is one at least, are among the target's.
///
/// When all is well this takes one round trip: what may be needed is asked at the same time.
/// Lives on the resolver's loop and may be called from anywhere.
package actor EligibilityCheck {
    package nonisolated let target: DNSName
    private nonisolated let loop: EventLoop
    let resolver: Resolver
    let timeout: Duration

    package nonisolated var unownedExecutor: UnownedSerialExecutor {
        unsafe loop.serialExecutor.asUnownedSerialExecutor()
    }

    /// `timeout` bounds a check as a whole.
    package init(target: ServerName, resolver: Resolver, timeout: Duration = .seconds(8)) {
        self.target = DNSName(target)
        self.resolver = resolver
        self.timeout = timeout
        loop = resolver.loop
    }

    /// Checks `name`, or the wildcard one label below it.
    ///
    /// One permitted issuer is enough; without any identity, or for one without CAA domains, CAA
    /// is not looked up.
    package func eligibility(
        of name: ServerName, isWildcard: Bool = false, for identities: [CAAIdentity]
    ) async -> Eligibility {
        let deadline = Instant.now + timeout
        let name = DNSName(name)
        let concernsCAA = identities.contains { !$0.domains.isEmpty }
        let climb = concernsCAA ? Task { await resolver.relevantCAA(for: name, by: deadline) } : nil

        var pointing = Pointing(name: name, target: target)
        let route = await route(&pointing, by: deadline)
        let evidence = Evidence(pointing.answers + pointing.targetAnswers)
        guard let route else {
            climb?.cancel()
            return .ineligible(RoutingVerdict(pointing, evidence).ineligibility)
        }
        let judgement = CAAJudgement(
            name: name, isWildcard: isWildcard, identities: identities, climb: await climb?.value)
        return judgement.eligibility(along: route, evidence)
    }

    /// Whether CAA permits an issuer for `name`, wherever it points.
    package func permission(
        of name: CertificateName, for identities: [CAAIdentity]
    ) async -> Eligibility {
        let concernsCAA = identities.contains { !$0.domains.isEmpty }
        let base = DNSName(name.base)
        let climb =
            concernsCAA ? await resolver.relevantCAA(for: base, by: .now + timeout) : nil
        let judgement = CAAJudgement(
            name: base, isWildcard: name.isWildcard, identities: identities, climb: climb)
        return judgement.eligibility(along: .delegation, Evidence())
    }

    /// How the domain points at us, nil when it does not. Stops asking as soon as it knows.
    private func route(
        _ pointing: inout Pointing, by deadline: Instant
    ) async -> Eligible.Route? {
        let name = pointing.name
        let types: [RecordType] = name == target ? [.a, .aaaa] : [.cname, .a, .aaaa]
        let tasks = types.map { type in
            Task { await resolver.resolve(name, type, by: deadline) }
        }
        for task in tasks {
            pointing.answers.append(await task.value)
            if name != target, pointing.passesThroughTarget { return .alias }
        }
        if name == target { return pointing.addressRecords.isEmpty ? nil : .target }

        if pointing.failure?.0 == .serverFailure {
            pointing.walk = await resolver.aliases(of: name, by: deadline)
            if pointing.passesThroughTarget { return .alias }
        }
        // An apex without records is told the addresses to set.
        let needsTarget = !pointing.addressRecords.isEmpty || pointing.isApex
        guard pointing.failure == nil, needsTarget else { return nil }
        pointing.targetAnswers = await resolver.resolve(
            [Question(target, .a), Question(target, .aaaa)], by: deadline)
        guard !pointing.addressRecords.isEmpty, pointing.strayRecords.isEmpty else { return nil }
        return .addresses(pointing.addressRecords.compactMap(\.address))
    }
}

extension ResourceRecord {
    fileprivate var address: IPAddress? {
        guard case .address(let address) = data else { return nil }
        return address
    }
}
