// SPDX-License-Identifier: Apache-2.0
package import TLS

/// What is being done with the CA: the first half of every error's sentence, and what progress is
/// reported in.
package enum ACMEStep: Hashable, Sendable, CustomStringConvertible {
    case readDirectory
    case openAccount
    case placeOrder(String)
    case readAuthorization(String)
    case present(CertificateName, ChallengeType)
    case validate(CertificateName, ChallengeType)
    /// All names are proven, some of them perhaps by an earlier order.
    case authorize(String)
    case finalize(String)
    case download(String)
    case readRenewalInfo(CertificateID)
    case revoke

    package var description: String {
        switch self {
        case .readDirectory: "reading the directory"
        case .openAccount: "opening the account"
        case .placeOrder(let names): "ordering a certificate for \(names)"
        case .readAuthorization(let names): "reading the authorizations for \(names)"
        case .present(let name, let type): "presenting the \(type.rawValue) response of \(name)"
        case .validate(let name, let type): "validating \(name) by \(type.rawValue)"
        case .authorize(let names): "proving control over \(names)"
        case .finalize(let names): "finalizing the order for \(names)"
        case .download(let names): "downloading the certificate for \(names)"
        case .readRenewalInfo(let id): "asking when to renew \(id)"
        case .revoke: "revoking a certificate"
        }
    }
}
