// SPDX-License-Identifier: Apache-2.0
package import TLS

/// Why a held handshake gets no certificate.
package enum ProvisioningFailure: Error, Sendable, CustomStringConvertible {
    /// The name was turned away, now or earlier.
    case refused(Refusal.Reason, why: String)
    /// A bound was reached. Nothing is remembered: the next handshake may be luckier.
    case overloaded(Overload)
    /// It took longer than a handshake is held; the provision goes on.
    case tooSlow
    /// The client is gone; the provision goes on.
    case abandoned
    /// An attempt was made and failed.
    case failed(ProvisioningStep, Blame, why: String)

    /// What the client is told (DESIGN, Errors).
    package var alert: TLSAlert {
        switch self {
        case .refused(let reason, _): reason.alert
        case .overloaded, .tooSlow, .abandoned, .failed: .internalError
        }
    }

    package var description: String {
        switch self {
        case .refused(let reason, let why): "\(reason.rawValue): \(why)"
        case .overloaded(let overload): overload.description
        case .tooSlow: "the certificate was not there in time"
        case .abandoned: "the client left"
        case .failed(let step, let blame, let why): "\(step) failed (\(blame.rawValue)): \(why)"
        }
    }
}
