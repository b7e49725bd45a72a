// SPDX-License-Identifier: Apache-2.0
import Foundation
import Networking
import Registry
import Synchronization
import TLS

@testable import Provisioning

/// DNS as a test says it is: every name points here, and none is delegated, but those it names.
final class DNSDouble: DomainCheck {
    private let elsewhere = Mutex<Set<String>>([])
    private let delegated = Mutex<Set<String>>([])

    /// Whether a name points here.
    func point(_ name: String, here: Bool) {
        elsewhere.withLock { if here { $0.remove(name) } else { $0.insert(name) } }
    }

    /// Whether `_acme-challenge` of a name leads into our zone.
    func delegate(_ name: String, _ isDelegated: Bool = true) {
        let owner = "_acme-challenge.\(name)"
        delegated.withLock { if isDelegated { $0.insert(owner) } else { $0.remove(owner) } }
    }

    func eligibility(
        of name: ServerName, isWildcard: Bool, for identities: [CAAIdentity]
    ) async -> Eligibility {
        guard elsewhere.withLock({ !$0.contains(name.text) }) else {
            return .ineligible(
                Ineligibility(
                    cause: .wrongTarget, advice: "\(name) leads to elsewhere.test.",
                    changes: [
                        RecordChange(.change, "\(name).", "CNAME", "domains.saas.test.")
                    ], retryAfter: nil, evidence: Evidence([])))
        }
        return permitted(identities)
    }

    func permission(
        of name: CertificateName, for identities: [CAAIdentity]
    ) async -> Eligibility { permitted(identities) }

    func report(on delegation: Delegation) async -> DelegationReport {
        let isThere = delegated.withLock { $0.contains(delegation.from) }
        return DelegationReport(
            delegation: delegation, found: isThere ? [delegation.to].compactMap(\.self) : [],
            trouble: nil)
    }

    func persistence(
        of name: CertificateName, for identities: [CAAIdentity]
    ) async -> PersistenceReport {
        PersistenceReport(
            owner: "_validation-persist.\(name)", expected: [], found: [], isInPlace: false)
    }

    private func permitted(_ identities: [CAAIdentity]) -> Eligibility {
        .eligible(
            Eligible(
                route: .alias,
                permissions: identities.map {
                    CAAPermission(issuer: $0.issuer, methods: $0.methods)
                }, evidence: Evidence([])))
    }
}

/// Time as a test moves it: both clocks at once.
final class Moments: Sendable {
    private let passed = Mutex(Duration.zero)
    private let start = (Instant.now, Date())

    func pass(_ duration: Duration) { passed.withLock { $0 += duration } }

    var now: Instant { start.0 + passed.withLock { $0 } }
    var date: Date {
        start.1.addingTimeInterval(Double(passed.withLock { $0 }.components.seconds))
    }
}

/// An event sink that keeps nothing.
struct Unheard: EventSink {
    func record(_ event: ProvisioningEvent) {}
}

/// Every URL of a test has an address.
struct NoLookup: HostLookup {
    struct Unknown: Error {}

    func addresses(of host: String) async throws -> [IPAddress] { throw Unknown() }
}
