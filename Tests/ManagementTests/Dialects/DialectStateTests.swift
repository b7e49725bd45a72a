// SPDX-License-Identifier: Apache-2.0
import Foundation
@testable import Management
import Registry
import Testing

/// Each state of ours is one that the other company documents.
@Suite struct DialectStateTests {
    @Test(arguments: Issuance.State.allCases)
    func `an issuance is in a state that each dialect documents`(state: Issuance.State) {
        let paid: Set<DNSimpleState> = [.purchased, .configured, .submitted, .refunded]
        for version in CertificateVersion.State.allCases {
            let shown = DNSimpleState(version, state)
            #expect(Self.dnsimple.contains(shown.rawValue))
            #expect(!paid.contains(shown))
        }
        #expect(Self.renewals.contains(DNSimpleRenewalState(state).rawValue))
        #expect(Self.jobs.contains(AutoDNSJobState(state).rawValue))
        if let signing = QwiltSigningState(state) {
            #expect(Self.signing.contains(signing.rawValue))
        } else {
            #expect([.draft, .awaitingCertificate, .canceled].contains(state))
        }
    }

    @Test func `Qwilt's signing states are one to one`() {
        let states = Issuance.State.allCases.compactMap { QwiltSigningState($0)?.rawValue }
        #expect(states.count == Self.signing.count)
        #expect(Set(states) == Self.signing)
    }

    @Test func `only what waits for a delegation is deferred, and says for what`() {
        for state in Issuance.State.allCases {
            let isDeferred = AutoDNSJobState(state) == .deferred
            #expect(isDeferred == (AutoDNSJobState.detail(of: state) == "WF_DNS_AUTH"))
            #expect(isDeferred == (state == .awaitingDelegation))
        }
    }

    @Test(arguments: CertificateVersion.State.allCases)
    func `a version is in a state that Qwilt documents`(state: CertificateVersion.State) {
        let now = Date(timeIntervalSince1970: 1_000_000)
        for end in [nil, now - 1, now + 1] {
            let status = QwiltCertificateStatus(state, expiring: end, now: now)
            #expect(["ISSUED", "ACTIVE", "EXPIRED", "REVOKED"].contains(status.rawValue))
        }
        #expect(QwiltCertificateStatus(.active, expiring: now, now: now) == .expired)
        #expect(QwiltCertificateStatus(.active, expiring: now + 1, now: now) == .active)
        #expect(QwiltCertificateStatus(.revoked, expiring: now, now: now) == .revoked)
    }

    @Test(arguments: ManagedCertificate.Status.allCases)
    func `a certificate is pending or active for Resello, or over`(
        status: ManagedCertificate.Status
    ) {
        let known: Set = ["pending", "active", "failed", "expired", "deleted"]
        #expect(known.contains(ReselloStatus(status).rawValue))
        #expect((ReselloStatus(status) == .active) == (status == .active))
    }

    @Test(arguments: Site.Publication.State.allCases)
    func `a publication is in a state that Qwilt documents`(state: Site.Publication.State) {
        let states: Set = ["InProgress", "Success", "Failed", "Aborted"]
        #expect(states.contains(QwiltPublishStatus(state).rawValue))
        let acceptances: Set = [
            "Pending", "Invalid", "Dismissed", "Aborted", "In progress", "Accepted",
        ]
        #expect(acceptances.contains(QwiltAcceptance(state).rawValue))
    }

    @Test(arguments: Domain.State.allCases)
    func `a domain is active for Entri exactly when it is served`(state: Domain.State) {
        let isServed = [.secured, .misrouted].contains(state)
        #expect((EntriStatus(state) == .active) == isServed)
    }

    @Test func `how far a proof is has a word in AutoDNS`() {
        let known: Set = ["NOT_STARTED", "IN_PROGRESS", "COMPLETED", "NOT_COMPLETED"]
        #expect(
            Set(AuthorizationProgress.State.allCases.map { AutoDNSProofState($0).rawValue })
                == known)
    }

    private static let dnsimple: Set = [
        "new", "purchased", "configured", "submitted", "issued", "rejected", "refunded",
        "cancelled", "requesting", "failed",
    ]
    private static let renewals: Set = ["new", "renewing", "renewed", "failed", "cancelled"]
    private static let jobs: Set = [
        "RUNNING", "WAIT", "DEFERRED", "SUPPORT", "SUCCESS", "FAILED", "CANCELED", "NOT_SET",
    ]
    private static let signing: Set = [
        "PENDING_CHALLENGE_DELEGATION", "CHALLENGE_DELEGATION_FAILURE",
        "REQUESTING_CERTIFICATE_FROM_CA", "REQUESTING_CERTIFICATE_FROM_CA_FAILURE",
        "CHALLENGE_PASSED_WAITING_FOR_CA_TO_SIGN", "CA_SIGN_FAILURE", "NOTIFY_SITES",
        "NOTIFY_SITES_FAILURE", "NOTIFIED_SITES",
    ]
}
