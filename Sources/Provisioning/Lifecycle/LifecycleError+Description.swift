// SPDX-License-Identifier: Apache-2.0
import Registry

extension LifecycleError: CustomStringConvertible {
    /// One sentence for whoever called, in every API; nothing of what is wrong inside the edge.
    package var sentence: String {
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
        case .tooBroad: "Too many objects would have to be looked at; ask for fewer"
        case .changedMeanwhile: "It was changed meanwhile; read it again"
        case .rateLimited(let what, _): what
        case .unfit(let field, let problem): "\(field): \(problem.sentence)"
        case .unavailable: "The edge cannot do this now; try again"
        }
    }

    /// For the operator: with what is wrong inside.
    package var description: String {
        if case .unavailable(let why) = self { why } else { sentence }
    }
}

extension UploadProblem: CustomStringConvertible {
    /// For whoever uploaded it.
    package var sentence: String {
        switch self {
        case .unreadable(let why): "It cannot be read: \(why)."
        case .missingIntermediate(let issuer):
            "The certificate of its issuer, \(issuer), is missing."
        case .wrongKey: "The private key is not the certificate's."
        case .expired(let what), .notYetValid(let what): "\(what)."
        case .weak(let what): "Clients would not accept it: \(what)."
        case .unsuitable(let why): "It cannot be served: \(why)."
        case .namesNotCovered(let names):
            "It is not good for \(names.joined(separator: ", "))."
        case .unrelated(let names):
            "These certificates are no part of its chain: \(names.joined(separator: ", "))."
        }
    }

    package var description: String { sentence }
}

extension DomainReport {
    /// What to do so that the name may have a certificate; where that is nothing, that it leads here.
    package var advice: String {
        switch routing {
        case .ineligible(let ineligibility): ineligibility.advice
        case .eligible where isEligible: "\(name) leads here"
        case .eligible:
            "\(name) needs a CNAME \(delegation.delegation.from) -> "
                + (delegation.delegation.to ?? "the edge's challenge zone")
        }
    }
}
