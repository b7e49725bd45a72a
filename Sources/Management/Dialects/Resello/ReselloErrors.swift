// SPDX-License-Identifier: Apache-2.0
import Provisioning
import Registry

/// Resello's errors, in a shape that clients of its older API can read as well: there `error.message` is a
/// code, or what is wrong by field.
extension ReselloDialect {
    func answer(_ fault: DialectFault, to request: ManagementRequest) -> ManagementResponse {
        switch fault {
        case .unauthenticated:
            error(
                401, "authentication_failed", "Authentication failed",
                fields: [("WWW-Authenticate", "Basic realm=\"nameplate\"")])
        case .lockedOut(let seconds):
            error(
                429, "too_many_failures", "Too many failed authentications",
                fields: [("Retry-After", "\(seconds)")])
        case .forbidden(let scope):
            error(403, "permission_denied", "Needs the scope \(scope.rawValue)")
        case .noSuchCall: error(404, "not_found", "There is no \(request.path) here")
        case .methodNotAllowed(let allow):
            error(
                405, "method_not_allowed", "\(request.method) is not available here",
                fields: [("Allow", allow)])
        case .request(let fault): error(fault.status, "invalid_request", fault.description)
        case .field(let fault):
            error(
                400, "invalid_field", fault.reason, field: fault.field.isEmpty ? nil : fault.field)
        case .declined(let declined): answer(declined)
        }
    }

    private func answer(_ declined: LifecycleError) -> ManagementResponse {
        let text = declined.sentence
        return switch declined {
        case .notFound: error(404, "not_found", text)
        case .invalid(let field, let reason):
            error(400, "invalid_field", reason, field: Self.fields[field] ?? field)
        case .unsupportedValidation(let field, let value):
            error(
                400, "\(field)_not_supported",
                "\(value) validation is not available; use DNS or FILE", field: field)
        case .unsupportedProduct(let field, let value):
            error(400, "\(field)_not_supported", unknown(value), field: field)
        case .notRouted, .needsDelegation: error(400, "not_routed", text)
        case .notIssued: error(409, "certificate_pending", "certificate is pending")
        case .keyUnavailable: error(409, "key_unavailable", text)
        case .tooBroad: error(400, "too_broad", text)
        case .conflict: error(409, "conflict", text)
        case .changedMeanwhile: error(409, "changed_meanwhile", text)
        case .rateLimited(_, let seconds):
            error(
                429, "rate_limited", text,
                fields: seconds.map { [("Retry-After", "\($0)")] } ?? [])
        case .unfit(let field, let problem):
            error(400, problem.code, problem.sentence, field: Self.fields[field] ?? field)
        case .unavailable: error(503, "unavailable", text)
        }
    }

    private func unknown(_ value: String) -> String {
        let plans = services.catalogue.plans.map { "\($0.name) (\($0.id))" }
        return "\(value) is not available; DV plans: "
            + (plans.isEmpty ? "none is configured" : plans.joined(separator: ", "))
    }

    private func error(
        _ status: Int, _ code: String, _ text: String, field: String? = nil,
        fields: [(name: String, value: String)] = []
    ) -> ManagementResponse {
        .json(
            status,
            [
                "success": false, "code": .string(code), "message": .string(text),
                "error": [
                    "message": field.map { .object([$0: .array([.string(text)])]) }
                        ?? .string(code)
                ],
            ], fields: fields)
    }

    /// What our fields are called there.
    private static let fields = ["names": "csr", "request": "csr"]
}
