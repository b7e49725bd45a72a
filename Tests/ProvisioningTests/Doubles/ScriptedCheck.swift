// SPDX-License-Identifier: Apache-2.0
@testable import Provisioning
import Synchronization
import TLS

/// DNS as a test says it is: everything points here but what it names.
final class ScriptedCheck: DomainCheck {
    private let elsewhere = Mutex<[ServerName: Ineligibility]>([:])
    private let looks = Mutex(0)

    var count: Int { looks.withLock { $0 } }

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
        if let ineligibility = elsewhere.withLock({ $0[name] }) {
            return .ineligible(ineligibility)
        }
        return .eligible(
            Eligible(
                route: .alias,
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
