// SPDX-License-Identifier: Apache-2.0
import Registry

/// The states of a certificate or an order in DNSimple's words.
///
/// `purchased`, `configured`, `submitted` and `refunded` belong to CAs that are paid, and never occur.
enum DNSimpleState: String, CaseIterable, Sendable {
    case new, purchased, configured, submitted, issued, rejected, refunded, cancelled, requesting,
        failed

    /// A certificate, by its own state and, while it is reserved, that of the attempt at it.
    init(_ version: CertificateVersion.State, _ issuance: Issuance.State?) {
        switch version {
        case .reserved: self = issuance.map(DNSimpleState.init) ?? .new
        case .issued, .active, .superseded: self = .issued
        case .revoked: self = .cancelled
        case .deleted:
            // What an attempt that failed would have led to is not there either.
            switch issuance {
            case .delegationFailed, .authorizationFailed: self = .failed
            case .rejected: self = .rejected
            default: self = .cancelled
            }
        }
    }

    init(_ issuance: Issuance.State) {
        switch issuance {
        case .draft: self = .new
        case .awaitingCertificate, .awaitingDelegation, .authorizing, .finalizing:
            self = .requesting
        case .delegationFailed, .authorizationFailed: self = .failed
        case .rejected: self = .rejected
        case .installing, .installFailed, .done: self = .issued
        case .canceled: self = .cancelled
        }
    }
}

/// The states of the order of a renewal.
enum DNSimpleRenewalState: String, CaseIterable, Sendable {
    case new, renewing, renewed, failed, cancelled

    init(_ issuance: Issuance.State) {
        switch issuance {
        case .draft: self = .new
        case .awaitingCertificate, .awaitingDelegation, .authorizing, .finalizing, .installing:
            self = .renewing
        case .delegationFailed, .authorizationFailed, .rejected, .installFailed: self = .failed
        case .done: self = .renewed
        case .canceled: self = .cancelled
        }
    }
}
