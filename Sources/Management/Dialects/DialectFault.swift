// SPDX-License-Identifier: Apache-2.0
import Provisioning
import Registry

/// Why a call is declined, before a dialect has put it into its own shape.
enum DialectFault: Error {
    case unauthenticated
    /// Too many failures from that address.
    case lockedOut(seconds: Int)
    /// The client lacks a scope.
    case forbidden(ManagementClient.Scope)
    case noSuchCall
    /// The value of an `Allow` field (RFC 9110 §10.2.1).
    case methodNotAllowed(allow: String)
    /// The message could not be read.
    case request(RequestFault)
    /// The body is no JSON, or one of its members cannot be.
    case field(FieldFault)
    /// What is asked for cannot be done.
    case declined(LifecycleError)

    /// Whatever a handler has thrown.
    init(_ error: any Error) {
        switch error {
        case let fault as DialectFault: self = fault
        case let error as LifecycleError: self = .declined(error)
        case let fault as FieldFault: self = .field(fault)
        default: self = .declined(.unavailable("\(error)"))
        }
    }
}

extension LifecycleError {
    /// One sentence for whoever called; dialects that have words of their own put those first.
    var sentence: String {
        switch self {
        case .notFound(let kind, let name): "There is no \(kind.rawValue) \(name)"
        case .invalid(let field, let reason): "\(field) \(reason)"
        case .unsupportedValidation(_, let value):
            "\(value) validation is not available; use DNS or FILE, which the edge answers itself"
        case .unsupportedProduct(let field, let value):
            "\(field) \(value) is not available: certificates here are domain validated"
        case .notRouted(let report): report.advice
        case .needsDelegation(let name, let delegation):
            if let to = delegation.to {
                "\(name) needs a CNAME \(delegation.from) -> \(to)"
            } else {
                "\(name) cannot be proven: no challenge_zone is configured at the edge"
            }
        case .notIssued: "The certificate is not issued yet"
        case .keyUnavailable: "The private key is not here"
        case .conflict(let what): what
        case .changedMeanwhile: "It was changed meanwhile; read it again"
        case .rateLimited(let what, _): what
        case .unfit(let field, let problem): "\(field): \(problem.text)"
        case .unavailable: "The edge cannot do this now; try again"
        }
    }
}

extension DomainReport {
    /// What to do so that the name may have a certificate.
    var advice: String {
        switch routing {
        case .ineligible(let ineligibility): ineligibility.advice
        case .eligible:
            "\(name) needs a CNAME \(delegation.delegation.from) -> "
                + (delegation.delegation.to ?? "the edge's challenge zone")
        }
    }
}
