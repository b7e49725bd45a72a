// SPDX-License-Identifier: Apache-2.0
import Provisioning
import Registry

/// Qwilt's errors. It publishes no shape: its clients print the status and the body as they come.
extension QwiltDialect {
    func answer(_ fault: DialectFault, to request: ManagementRequest) -> ManagementResponse {
        switch fault {
        case .unauthenticated: error(401, "Authentication failed")
        case .lockedOut(let seconds):
            error(
                429, "Too many failed authentications", fields: [("Retry-After", "\(seconds)")])
        case .forbidden(let scope): error(403, "Needs the scope \(scope.rawValue)")
        case .noSuchCall: error(404, "There is no \(request.path) here")
        case .methodNotAllowed(let allow):
            error(405, "\(request.method) is not available here", fields: [("Allow", allow)])
        case .request(let fault): error(fault.status, fault.description)
        case .field(let fault):
            error(400, fault.reason, field: fault.field.isEmpty ? nil : fault.field)
        case .declined(let declined): answer(declined)
        }
    }

    private func answer(_ declined: LifecycleError) -> ManagementResponse {
        let text = declined.sentence
        return switch declined {
        case .notFound: error(404, text)
        case .invalid(let field, let reason):
            error(400, reason, field: Self.fields[field] ?? field)
        case .unsupportedValidation(let field, _), .unsupportedProduct(let field, _):
            error(400, text, field: Self.fields[field] ?? field)
        case .unfit(let field, let problem):
            error(400, problem.sentence, field: Self.fields[field] ?? field)
        case .notRouted, .needsDelegation, .notIssued, .keyUnavailable, .conflict,
            .tooBroad, .changedMeanwhile:
            error(400, text)
        case .rateLimited(_, let seconds):
            error(429, text, fields: seconds.map { [("Retry-After", "\($0)")] } ?? [])
        case .unavailable: error(503, text)
        }
    }

    private func error(
        _ status: Int, _ text: String, field: String? = nil,
        fields: [(name: String, value: String)] = []
    ) -> ManagementResponse {
        var body: [String: JSONValue] = [
            "status": .integer(status), "error": .string(Self.phrases[status] ?? "Error"),
            "message": .string(field.map { "\($0): \(text)" } ?? text),
        ]
        if let field { body["field"] = .string(field) }
        return .json(status, .object(body), fields: fields)
    }

    private static let phrases = [
        400: "Bad Request", 401: "Unauthorized", 403: "Forbidden", 404: "Not Found",
        405: "Method Not Allowed", 413: "Content Too Large", 429: "Too Many Requests",
        503: "Service Unavailable",
    ]

    /// What our fields are called there.
    private static let fields = [
        "issuers": "certificateChain", "private_key": "privateKey", "issuance_id": "csrId",
        "names": "sans", "hosts": "hostIndex", "document": "hostIndex", "name": "siteName",
        "expiry_notice": "expiryNotify", "subject": "organizationName", "revision": "revisionId",
    ]
}
