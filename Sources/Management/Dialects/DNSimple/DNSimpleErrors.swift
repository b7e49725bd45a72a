// SPDX-License-Identifier: Apache-2.0
import Provisioning
import Registry

/// DNSimple's errors: `message`, and `errors` by field where values are at fault.
extension DNSimpleDialect {
    func answer(_ fault: DialectFault, to request: ManagementRequest) -> ManagementResponse {
        switch fault {
        case .unauthenticated: message(401, "Authentication failed")
        case .lockedOut(let seconds): quotaExceeded(seconds)
        case .forbidden(let scope):
            message(403, "Permission Denied. Required Scope: \(scope.rawValue)")
        case .noSuchCall: message(404, "There is no \(request.path) here")
        case .methodNotAllowed(let allow):
            message(405, "\(request.method) is not available here", fields: [("Allow", allow)])
        case .request(let fault): message(fault.status, fault.description)
        case .field(let fault):
            fault.field.isEmpty
                ? message(400, fault.reason) : validationFailed(fault.field, fault.reason)
        case .declined(let error): answer(error)
        }
    }

    private func answer(_ error: LifecycleError) -> ManagementResponse {
        switch error {
        case .notFound(let kind, let name): message(404, "\(word(kind)) `\(name)` not found")
        case .invalid(let field, let reason):
            validationFailed(Self.fields[field] ?? field, reason)
        case .unsupportedValidation(let field, _), .unsupportedProduct(let field, _):
            validationFailed(Self.fields[field] ?? field, error.sentence)
        case .unfit(let field, let problem):
            validationFailed(Self.fields[field] ?? field, problem.sentence)
        case .needsDelegation(let name, _):
            message(400, error.sentence, errors: ["name": "\(name) needs DNS delegation"])
        case .notRouted: message(400, error.sentence)
        case .notIssued: message(428, "Certificate not issued")
        case .keyUnavailable: message(428, "Private key not present")
        // Only what is sorted by other members than `id` is read for that.
        case .tooBroad: validationFailed("sort", error.sentence)
        case .conflict, .changedMeanwhile: message(400, error.sentence)
        case .rateLimited(_, let seconds): quotaExceeded(seconds)
        case .unavailable: message(503, error.sentence)
        }
    }

    private func validationFailed(_ field: String, _ reason: String) -> ManagementResponse {
        message(400, "Validation failed", errors: [field: reason])
    }

    private func quotaExceeded(_ seconds: Int?) -> ManagementResponse {
        let wait = seconds.map { [(name: "Retry-After", value: "\($0)")] } ?? []
        let limit =
            seconds.map { rateLimit(remaining: 0, resetIn: $0) } ?? rateLimit(remaining: 0)
        return .json(429, ["message": "quota exceeded"], fields: limit + wait)
    }

    private func message(
        _ status: Int, _ text: String, errors: [String: String] = [:],
        fields: [(name: String, value: String)] = []
    ) -> ManagementResponse {
        var body: [String: JSONValue] = ["message": .string(text)]
        if !errors.isEmpty {
            body["errors"] = .object(errors.mapValues { .array([.string($0)]) })
        }
        return answer(status, .object(body), fields: fields)
    }

    private func word(_ kind: Event.Subject.Kind) -> String {
        switch kind {
        case .domain: "Domain"
        case .certificate, .version: "Certificate"
        case .issuance: "Certificate Renewal"
        case .webhook: "Webhook"
        case .client: "Account"
        case .site, .queue, .contact: "Resource"
        }
    }

    /// What our fields are called there.
    private static let fields = [
        "names": "alternate_names", "renew.auto": "auto_renew",
    ]
}
