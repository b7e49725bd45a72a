// SPDX-License-Identifier: Apache-2.0
import Provisioning
import Registry
import TLS

/// How the native API says why the service behind it declines.
extension ProblemDocument {
    init(_ error: LifecycleError) {
        switch error {
        case .notFound(let kind, let reference):
            // Beneath, objects have numbers; clients know them by their ids.
            let number = Int(reference) ?? 0
            let name = Event.Subject(kind, number, "").identifier ?? reference
            self.init(.notFound, "This account has no \(kind.rawValue) \(name).")
        case .invalid(let field, let reason):
            self.init(.invalidField, reason, field: field)
        case .unsupportedValidation(let field, let value):
            self.init(.unsupportedValidation, "There is no validation by \(value).", field: field)
        case .unsupportedProduct(let field, let value):
            self.init(.unsupportedProduct, "There is no product \(value).", field: field)
        case .notRouted(let report):
            self.init(.notRouted, report.summary)
            extensions["report"] = report.json
        case .needsDelegation(let name, let delegation):
            self.init(
                .needsDelegation,
                delegation.to.map { "\(delegation.from) needs a CNAME to \($0)." }
                    ?? "\(name) can be validated by DNS only, and no challenge_zone is configured.")
            extensions["name"] = .string(name.text)
            extensions["delegation"] = delegation.snapshot
        case .notIssued(let number):
            self.init(.notIssued, "Version \(number.identifier) is not issued yet.")
        case .keyUnavailable(let number):
            self.init(
                .keyUnavailable, "The private key of \(number.identifier) is not here.")
        case .conflict(let why): self.init(.conflict, why)
        case .changedMeanwhile:
            self.init(.changedMeanwhile, "Somebody has changed it since it was read.")
        case .rateLimited(let why, let retryAfter):
            self.init(.rateLimited, why)
            if let retryAfter { fields = [("Retry-After", "\(retryAfter)")] }
        case .unfit(let field, let problem):
            self.init(.unfitCertificate, problem.text, field: field)
            extensions["problem"] = .string(problem.code)
        case .unavailable(let why):
            self.init(.unavailable, why)
            fields = [("Retry-After", "5")]
        }
    }
}

extension UploadProblem {
    /// A sentence for the client; dialects have it too.
    package var text: String {
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
}
