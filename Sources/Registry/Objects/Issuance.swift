// SPDX-License-Identifier: Apache-2.0
package import FoundationEssentials
package import TLS

/// One attempt at a version of a certificate: AutoDNS calls it a job, Qwilt a signing request.
package struct Issuance: RegistryObject {
    package let number: IssuanceNumber
    package let account: String
    package let certificate: CertificateNumber
    /// The number that its result has, or will have.
    package let version: VersionNumber
    /// That of its certificate.
    package var commonName: CertificateName?
    package let reason: Reason
    package var state: State
    /// Why it failed; while it is open, why its last attempt did. With the code `revocation`: it is done,
    /// and the predecessor that it was to revoke could not be.
    package var failure: Failure?
    /// Attempts that failed and were not the last; nil: none.
    package var attempts: FailedAttempts?
    /// The certification request in PEM, once there is one.
    package var request: String?
    package var authorizations: [AuthorizationProgress] = []
    /// What is revoked when the result is in service.
    package var revokes: VersionNumber?
    package var startedAt: Date?
    package var endedAt: Date?
    /// The request that asked for it.
    package let requestID: String
    package var compatibility: Compatibility = [:]
    package var generation = 1
    package let createdAt: Date
    package var updatedAt: Date

    package static var subjectKind: Event.Subject.Kind { .issuance }
    package static var identifierPrefix: String { "iss" }
    package var title: String { commonName?.text ?? "" }

    /// Why it was made; events say so too.
    package enum Reason: String, Codable, CaseIterable, Sendable {
        case firstVisit = "first_visit"
        case api
        case renewal
        /// The CA asked for it (RFC 9773).
        case renewalInformation = "ari"
        case reissue
        /// A first one that failed, again.
        case retry
    }

    /// Qwilt's `signingState`, one to one, and the three states that only other dialects know.
    package enum State: String, Codable, CaseIterable, Sendable {
        /// Not begun.
        case draft
        /// A request of ours waits to be signed by a CA of the client's choice.
        case awaitingCertificate = "awaiting_certificate"
        /// Waits for a CNAME at `_acme-challenge`.
        case awaitingDelegation = "awaiting_delegation"
        case delegationFailed = "delegation_failed"
        case authorizing
        case authorizationFailed = "authorization_failed"
        case finalizing
        /// The CA would not sign.
        case rejected
        /// Signed; on its way into service.
        case installing
        case installFailed = "install_failed"
        case done
        case canceled

        package var isOpen: Bool {
            switch self {
            case .draft, .awaitingCertificate, .awaitingDelegation, .authorizing, .finalizing,
                .installing:
                true
            case .delegationFailed, .authorizationFailed, .rejected, .installFailed, .done,
                .canceled:
                false
            }
        }

        package var isFailure: Bool {
            switch self {
            case .delegationFailed, .authorizationFailed, .rejected, .installFailed: true
            default: false
            }
        }
    }

    package struct Failure: Codable, Hashable, Sendable {
        /// Stable: the name of an `Ineligibility.Cause`, of an ACME problem, or of a step.
        package var code: String
        package var detail: String
        /// The name that it is about, where it is about one.
        package var name: CertificateName?
        /// Whose turn it is: `domain`, `issuer`, `operator` or `us`.
        package var blame: String

        package init(code: String, detail: String, name: CertificateName? = nil, blame: String) {
            self.code = code
            self.detail = detail
            self.name = name
            self.blame = blame
        }
    }

    /// Attempts that came to nothing, for what may pass by itself.
    package struct FailedAttempts: Codable, Hashable, Sendable {
        package var count = 0
        /// Attempts that somebody asked for before their time: they use up none of the schedule.
        package var asked: Int?
        /// When the first of them failed.
        package let since: Date
        /// When the next one is made by itself; nil: it is under way, or there is none.
        package var next: Date?

        package init(since: Date) {
            self.since = since
        }
    }

    /// Attempts, failed or under way, that somebody asked for before their time.
    package var askedAttempts: Int { attempts?.asked ?? 0 }

    package init(
        number: IssuanceNumber, account: String, certificate: CertificateNumber,
        version: VersionNumber, reason: Reason, state: State, requestID: String, at now: Date
    ) {
        self.number = number
        self.account = account
        self.certificate = certificate
        self.version = version
        self.reason = reason
        self.state = state
        self.requestID = requestID
        createdAt = now
        updatedAt = now
    }
}

/// How far the proof of control over one name has come.
package struct AuthorizationProgress: Codable, Hashable, Sendable {
    package let name: CertificateName
    /// As ACME spells it; nil before one was chosen.
    package var method: String?
    package var state: State
    /// The CNAME that lets us answer dns-01 for it.
    package var delegation: Delegation
    package var error: String?

    package enum State: String, Codable, CaseIterable, Sendable {
        case pending, processing, valid, invalid
    }

    package init(name: CertificateName, delegation: Delegation, state: State = .pending) {
        self.name = name
        self.delegation = delegation
        self.state = state
    }
}

/// A CNAME at `_acme-challenge` that leads into our challenge zone.
package struct Delegation: Codable, Hashable, Sendable {
    /// `_acme-challenge.shop.example.com`, without a last dot.
    package let from: String
    /// Nil where no `challenge_zone` is configured.
    package let to: String?

    package init(from: String, to: String?) {
        self.from = from
        self.to = to
    }
}
