// SPDX-License-Identifier: Apache-2.0
import DNS
import FoundationEssentials
import HTTP
import Networking
import Provisioning
import TLS

/// What stands between a domain and its certificate.
struct Diagnosis: Sendable {
    let name: CertificateName
    let target: ServerName
    /// What the configuration and the application say, before any DNS.
    let policy: Policy
    let dns: Eligibility
    /// Whether its challenges lead into our zone; nil without a zone.
    let delegation: DelegationReport?
    /// Whether CAs may do without challenges.
    let persistence: PersistenceReport
    /// CAs that could not be asked who they are, and why; their CAA was judged without that.
    let unknownIssuers: [String]

    /// The gates before DNS.
    enum Policy: Sendable {
        case allowed
        case refused(String)
    }

    var isEligible: Bool {
        guard case .allowed = policy, case .eligible = dns else { return false }
        return !name.isWildcard || delegation?.isInPlace == true
    }

    /// Looks at everything there is to look at.
    init(of name: CertificateName, _ configuration: Configuration) async throws(EdgeError) {
        let loop: EventLoop
        do throws(SystemError) { loop = try EventLoop(name: "control") } catch {
            throw EdgeError("cannot \(error)")
        }
        defer { loop.shutdown() }
        let resolver = configuration.resolver(on: loop)
        let lookup = configuration.hostLookup(with: resolver)
        var permission: AskEndpoint?
        if let url = configuration.onDemand.ask {
            let client = try HTTPClient.make(on: loop, roots: .system, lookup: lookup)
            permission = AskEndpoint(url: url, client: client)
        }
        let identities = try await IssuerIdentities(configuration, on: loop, lookup: lookup)
        let check = EligibilityCheck(target: configuration.cnameTarget, resolver: resolver)

        self.name = name
        target = configuration.cnameTarget
        let zone = configuration.challengeZone.map { ChallengeZoneName($0.name) }
        async let delegated = Self.delegation(of: name, to: zone, check)
        async let persistent = check.persistence(of: name, for: identities.known)
        switch name {
        case .exact(let host):
            policy = await Self.policy(for: host, configuration, permission, on: loop)
            dns = await check.eligibility(of: host, for: identities.known)
        case .wildcard:
            // No visit asks for one.
            policy = .allowed
            dns = await check.permission(of: name, for: identities.known)
        }
        delegation = await delegated
        persistence = await persistent
        unknownIssuers = identities.unknown
    }

    private static func delegation(
        of name: CertificateName, to zone: ChallengeZoneName?, _ check: EligibilityCheck
    ) async -> DelegationReport? {
        guard let zone else { return nil }
        return await check.report(on: zone.delegation(of: name))
    }

    private static func policy(
        for name: ServerName, _ configuration: Configuration,
        _ permission: AskEndpoint?, on loop: EventLoop
    ) async -> Policy {
        guard configuration.onDemand.enabled else {
            return .refused("on_demand.enabled is false: no visit causes an order")
        }
        let folder = "\(configuration.storage.file)/domains/\(name)"
        if configuration.onDemand.registeredOnly,
            !FileManager.default.fileExists(atPath: folder)
        {
            return .refused("on_demand.registered_only is true, and there is no \(folder)")
        }
        guard let permission else { return .allowed }
        switch await loop.call({ await permission.mayServe(name) }) {
        case .allowed: return .allowed
        case .denied(let why): return .refused("on_demand.ask denies it: \(why)")
        case .unanswered(let why): return .refused("on_demand.ask gives no answer: \(why)")
        }
    }
}
