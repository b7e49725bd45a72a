// SPDX-License-Identifier: Apache-2.0
@testable import Provisioning
import Registry
import Synchronization
import TLS

/// DNS as a test says it is: everything points here but what it names.
final class ScriptedCheck: DomainCheck {
    private let elsewhere = Mutex<[ServerName: Ineligibility]>([:])
    private let delegated = Mutex<Set<String>>([])
    private let looks = Mutex(0)
    private let under = Mutex((now: 0, most: 0, wanted: 0))

    var count: Int { looks.withLock { $0 } }
    /// The most looks that were under way at once.
    var most: Int { under.withLock { $0.most } }

    /// Looks go on only when so many are under way, or nobody adds to them any more.
    func gather(_ wanted: Int) { under.withLock { $0.wanted = wanted } }

    func point(
        _ name: ServerName, at cause: Ineligibility.Cause?, retryAfter: Duration? = nil
    ) {
        elsewhere.withLock { names in
            names[name] = cause.map { cause in
                Ineligibility(
                    cause: cause, advice: "the records say otherwise", changes: [],
                    retryAfter: retryAfter, evidence: Evidence([]))
            }
        }
    }

    func eligibility(
        of name: ServerName, isWildcard: Bool, for identities: [CAAIdentity]
    ) async -> Eligibility {
        looks.withLock { $0 += 1 }
        await gather()
        if let ineligibility = elsewhere.withLock({ $0[name] }) {
            return .ineligible(ineligibility)
        }
        return Self.permitted(along: .alias, identities)
    }

    private func gather() async {
        under.withLock {
            $0.now += 1
            $0.most = max($0.most, $0.now)
        }
        for _ in 0..<10_000 {
            guard under.withLock({ $0.most < $0.wanted }) else { break }
            await Task.yield()
        }
        under.withLock { $0.now -= 1 }
    }

    /// Sets the CNAME at `_acme-challenge` of a name, or takes it away.
    func delegate(_ name: ServerName, _ isDelegated: Bool = true) {
        delegated.withLock { names in
            if isDelegated { names.insert("_acme-challenge.\(name)") } else { names = [] }
        }
    }

    func permission(
        of name: CertificateName, for identities: [CAAIdentity]
    ) async -> Eligibility {
        Self.permitted(along: .delegation, identities)
    }

    func report(on delegation: Delegation) async -> DelegationReport {
        let isThere = delegated.withLock { $0.contains(delegation.from) }
        return DelegationReport(
            delegation: delegation, found: isThere ? [delegation.to ?? ""] : [], trouble: nil)
    }

    func persistence(
        of name: CertificateName, for identities: [CAAIdentity]
    ) async -> PersistenceReport {
        PersistenceReport(
            owner: "_validation-persist.\(name.base)", expected: [], found: [], isInPlace: false)
    }

    private static func permitted(
        along route: Eligible.Route, _ identities: [CAAIdentity]
    ) -> Eligibility {
        .eligible(
            Eligible(
                route: route,
                permissions: identities.map {
                    CAAPermission(issuer: $0.issuer, methods: $0.methods)
                }, evidence: Evidence([])))
    }
}

/// `on_demand.ask` as a test says it answers.
final class ScriptedPermission: NamePermission {
    private let answers = Mutex<[ServerName: PermissionAnswer]>([:])
    private let asked = Mutex(0)

    var count: Int { asked.withLock { $0 } }

    func answer(_ answer: PermissionAnswer, for name: ServerName) {
        answers.withLock { $0[name] = answer }
    }

    func mayServe(_ name: ServerName) async -> PermissionAnswer {
        asked.withLock { $0 += 1 }
        return answers.withLock { $0[name] } ?? .allowed
    }
}
