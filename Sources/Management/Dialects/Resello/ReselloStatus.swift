// SPDX-License-Identifier: Apache-2.0
import Registry

/// The state of a certificate; Resello's pages have `pending` and `active` only.
enum ReselloStatus: String, CaseIterable, Sendable {
    case pending, active, failed, expired, deleted

    init(_ status: ManagedCertificate.Status) {
        switch status {
        case .idle, .pending, .renewing: self = .pending
        case .active: self = .active
        case .failed: self = .failed
        case .expired: self = .expired
        case .revoked, .deleted: self = .deleted
        }
    }

    /// How far the proof of one name is.
    init(_ state: AuthorizationProgress.State) {
        switch state {
        case .pending, .processing: self = .pending
        case .valid: self = .active
        case .invalid: self = .failed
        }
    }
}
