// SPDX-License-Identifier: Apache-2.0
import Registry

/// The state of a job: an attempt at a certificate.
enum AutoDNSJobState: String, CaseIterable, Sendable {
    case running = "RUNNING"
    case wait = "WAIT"
    case deferred = "DEFERRED"
    case support = "SUPPORT"
    case success = "SUCCESS"
    case failed = "FAILED"
    case canceled = "CANCELED"
    case notSet = "NOT_SET"

    init(_ issuance: Issuance.State) {
        switch issuance {
        case .draft: self = .notSet
        case .awaitingCertificate: self = .wait
        case .awaitingDelegation: self = .deferred
        case .authorizing, .finalizing, .installing: self = .running
        case .delegationFailed, .authorizationFailed, .rejected: self = .failed
        case .installFailed: self = .support
        case .done: self = .success
        case .canceled: self = .canceled
        }
    }

    /// What it waits for.
    static func detail(of issuance: Issuance.State) -> String? {
        issuance == .awaitingDelegation ? "WF_DNS_AUTH" : nil
    }
}

/// How far the proof of one name is: AutoDNS' `AuthenticateStatus`.
enum AutoDNSProofState: String, CaseIterable, Sendable {
    case notStarted = "NOT_STARTED"
    case inProgress = "IN_PROGRESS"
    case completed = "COMPLETED"
    case notCompleted = "NOT_COMPLETED"

    init(_ state: AuthorizationProgress.State) {
        switch state {
        case .pending: self = .notStarted
        case .processing: self = .inProgress
        case .valid: self = .completed
        case .invalid: self = .notCompleted
        }
    }
}
