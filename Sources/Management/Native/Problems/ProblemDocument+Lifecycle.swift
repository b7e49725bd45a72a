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
        case .unsupportedValidation(let field, _):
            self.init(.unsupportedValidation, error.sentence, field: field)
        case .unsupportedProduct(let field, _):
            self.init(.unsupportedProduct, error.sentence, field: field)
        case .notRouted(let report):
            self.init(.notRouted, error.sentence)
            extensions["report"] = report.json
        case .needsDelegation(let name, let delegation):
            self.init(.needsDelegation, error.sentence)
            extensions["name"] = .string(name.text)
            extensions["delegation"] = delegation.snapshot
        case .notIssued: self.init(.notIssued, error.sentence)
        case .keyUnavailable: self.init(.keyUnavailable, error.sentence)
        case .conflict: self.init(.conflict, error.sentence)
        case .tooBroad: self.init(.invalidField, error.sentence)
        case .changedMeanwhile: self.init(.changedMeanwhile, error.sentence)
        case .rateLimited(_, let retryAfter):
            self.init(.rateLimited, error.sentence)
            if let retryAfter { fields = [("Retry-After", "\(retryAfter)")] }
        case .unfit(let field, let problem):
            self.init(.unfitCertificate, problem.sentence, field: field)
            extensions["problem"] = .string(problem.code)
        case .unavailable:
            self.init(.unavailable, error.sentence)
            fields = [("Retry-After", "5")]
        }
    }
}
