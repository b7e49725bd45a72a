// SPDX-License-Identifier: Apache-2.0
import FoundationEssentials
import Registry

/// How far a signing request is: the states that Qwilt documents.
enum QwiltSigningState: String, CaseIterable, Sendable {
    case pendingChallengeDelegation = "PENDING_CHALLENGE_DELEGATION"
    case challengeDelegationFailure = "CHALLENGE_DELEGATION_FAILURE"
    case requestingCertificate = "REQUESTING_CERTIFICATE_FROM_CA"
    case requestingCertificateFailure = "REQUESTING_CERTIFICATE_FROM_CA_FAILURE"
    case challengePassed = "CHALLENGE_PASSED_WAITING_FOR_CA_TO_SIGN"
    case signFailure = "CA_SIGN_FAILURE"
    case notifySites = "NOTIFY_SITES"
    case notifySitesFailure = "NOTIFY_SITES_FAILURE"
    case notifiedSites = "NOTIFIED_SITES"

    /// Nil where Qwilt has no word: the client signs by itself, nothing was begun, or it was called off.
    init?(_ issuance: Issuance.State) {
        switch issuance {
        case .draft, .awaitingCertificate, .canceled: return nil
        case .awaitingDelegation: self = .pendingChallengeDelegation
        case .delegationFailed: self = .challengeDelegationFailure
        case .authorizing: self = .requestingCertificate
        case .authorizationFailed: self = .requestingCertificateFailure
        case .finalizing: self = .challengePassed
        case .rejected: self = .signFailure
        case .installing: self = .notifySites
        case .installFailed: self = .notifySitesFailure
        case .done: self = .notifiedSites
        }
    }
}

/// The state of a certificate.
enum QwiltCertificateStatus: String, CaseIterable, Sendable {
    case issued = "ISSUED"
    case active = "ACTIVE"
    case expired = "EXPIRED"
    case revoked = "REVOKED"

    init(_ state: CertificateVersion.State, expiring: Date?, now: Date) {
        switch state {
        case .revoked, .deleted: self = .revoked
        case .reserved: self = .issued
        case .issued, .active, .superseded:
            if let expiring, expiring <= now {
                self = .expired
            } else {
                self = state == .active ? .active : .issued
            }
        }
    }
}

/// How a publishing operation ended.
enum QwiltPublishStatus: String, CaseIterable, Sendable {
    case inProgress = "InProgress"
    case success = "Success"
    case failed = "Failed"
    case aborted = "Aborted"

    init(_ state: Site.Publication.State) {
        switch state {
        case .accepted: self = .success
        case .failed: self = .failed
        }
    }
}

/// Whether the configuration that is to be published was taken.
enum QwiltAcceptance: String, CaseIterable, Sendable {
    case pending = "Pending"
    case invalid = "Invalid"
    case dismissed = "Dismissed"
    case aborted = "Aborted"
    case inProgress = "In progress"
    case accepted = "Accepted"

    init(_ state: Site.Publication.State) {
        switch state {
        case .accepted: self = .accepted
        case .failed: self = .invalid
        }
    }
}
