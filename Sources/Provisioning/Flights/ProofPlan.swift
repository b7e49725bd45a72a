// SPDX-License-Identifier: Apache-2.0
import ACME
import Registry
import TLS

/// By which ways a name can be proven now, and who may issue for it.
struct ProofPlan {
    var permissions: [CAAPermission]
    var methods: [ChallengeType]

    /// Nil when no issuer has a challenge left that would do.
    init?(_ permissions: [CAAPermission], by methods: [ChallengeType]) {
        let names = methods.map(\.rawValue)
        // The internal CA has no methods and needs none.
        self.permissions = permissions.filter { permission in
            permission.methods.isEmpty || permission.methods.contains(where: names.contains)
        }
        self.methods = methods
        // Without any issuer it is for the issuers to say so.
        guard !self.permissions.isEmpty || permissions.isEmpty else { return nil }
    }
}

/// Why a name cannot be proven.
enum ProofObstacle: Error, CustomStringConvertible {
    case ineligible(CertificateName, Ineligibility)
    case undelegated(CertificateName, DelegationReport)
    /// It takes dns-01, and there is no `challenge_zone`.
    case noZone(CertificateName)
    /// It takes dns-01, and no issuer that CAA permits has it among its challenges.
    case noMethod(CertificateName)

    var description: String {
        switch self {
        case .ineligible(_, let why): "\(why)"
        case .undelegated(_, let report): "not_delegated: \(report.advice)"
        case .noZone(let name):
            "\(name) can be proven by dns-01 alone, for which challenge_zone is to be configured"
        case .noMethod(let name):
            "\(name) can be proven by dns-01 alone, which is among the challenges of no issuer that "
                + "may be asked"
        }
    }

    /// Whether the domain's own records, which are in order, lead elsewhere.
    var meansMoved: Bool {
        switch self {
        case .ineligible(_, let why): why.cause.meansMoved
        case .undelegated(_, let report): report.trouble == nil
        case .noZone, .noMethod: false
        }
    }

    var blame: Blame {
        switch self {
        case .ineligible(_, let why): why.cause.blame == .customer ? .domain : .operator
        case .undelegated: .domain
        case .noZone, .noMethod: .operator
        }
    }
}

extension DelegationReport {
    /// What is wrong with it, and what to do.
    package var advice: String {
        guard let to = delegation.to else { return "There is no zone of ours to delegate to." }
        if let trouble, found.isEmpty { return trouble }
        let change = RecordChange(
            found.isEmpty ? .add : .change, "\(delegation.from).", "CNAME", "\(to).")
        let state =
            found.last.map { "\(delegation.from) leads to \($0)." }
            ?? "\(delegation.from) has no CNAME."
        return "\(state) \([change].sentence)"
    }
}

extension Provisioner {
    /// How `name` can be proven.
    ///
    /// A name that points here is proven by what answers here, tls-alpn-01 or http-01; a wildcard,
    /// and a name that points elsewhere or that CAA reserves for it, by dns-01, which takes a
    /// delegation into our zone.
    func proof(
        of name: CertificateName, for identities: [CAAIdentity]
    ) async throws(ProofObstacle) -> ProofPlan {
        guard case .exact(let host) = name else {
            return try await delegatedProof(of: name, for: identities)
        }
        let eligibility = await policy.check.eligibility(
            of: host, isWildcard: false, for: identities)
        switch eligibility {
        case .eligible(let eligible):
            if let plan = ProofPlan(eligible.permissions, by: Self.answeredHere) { return plan }
            return try await delegatedProof(of: name, eligible.permissions)
        case .ineligible(let why):
            guard why.cause.isAboutRouting, await isDelegated(name) else {
                throw .ineligible(name, why)
            }
            return try await delegatedProof(of: name, for: identities)
        }
    }

    private func delegatedProof(
        of name: CertificateName, for identities: [CAAIdentity]
    ) async throws(ProofObstacle) -> ProofPlan {
        switch await policy.check.permission(of: name, for: identities) {
        case .eligible(let eligible): try await delegatedProof(of: name, eligible.permissions)
        case .ineligible(let why): throw .ineligible(name, why)
        }
    }

    func delegatedProof(
        of name: CertificateName, _ permissions: [CAAPermission]
    ) async throws(ProofObstacle) -> ProofPlan {
        guard let zone = policy.zone else { throw .noZone(name) }
        guard let plan = ProofPlan(permissions, by: [.dns01]) else { throw .noMethod(name) }
        let report = await policy.check.report(on: zone.delegation(of: name))
        guard report.isInPlace else { throw .undelegated(name, report) }
        return plan
    }

    private func isDelegated(_ name: CertificateName) async -> Bool {
        guard let zone = policy.zone else { return false }
        return await policy.check.report(on: zone.delegation(of: name)).isInPlace
    }

    /// The challenges that are answered by what listens here.
    static var answeredHere: [ChallengeType] { [.tlsALPN01, .http01] }
}
