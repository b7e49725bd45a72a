// SPDX-License-Identifier: Apache-2.0
import Provisioning
import Registry

/// Entri's errors: `{"message": "…"}`.
extension EntriDialect {
    func answer(_ fault: DialectFault, to request: ManagementRequest) -> ManagementResponse {
        switch fault {
        case .unauthenticated: message(401, "Authentication failed")
        case .lockedOut(let seconds):
            message(429, "Too many failed authentications", retryAfter: seconds)
        case .forbidden(let scope): message(403, "Needs the scope \(scope.rawValue)")
        case .noSuchCall:
            message(404, "This endpoint offers only /ssl and /token of the Entri API")
        case .methodNotAllowed(let allow):
            message(405, "\(request.method) is not available here", [("Allow", allow)])
        case .request(let fault): message(fault.status, fault.description)
        case .field(let fault):
            message(
                400, fault.field.isEmpty ? fault.reason : "\(fault.field): \(fault.reason)")
        case .declined(let error): answer(error)
        }
    }

    private func answer(_ error: LifecycleError) -> ManagementResponse {
        switch error {
        case .notFound: message(404, error.sentence)
        case .invalid(let field, let reason):
            message(400, "\(Self.fields[field] ?? field): \(reason)")
        case .unsupportedValidation, .unsupportedProduct, .unfit, .needsDelegation:
            message(400, error.sentence)
        case .notRouted(let report):
            message(400, "\(report.name) is not eligible: \(report.advice)")
        case .notIssued, .keyUnavailable, .conflict, .tooBroad, .changedMeanwhile:
            message(409, error.sentence)
        case .rateLimited(_, let seconds): message(429, error.sentence, retryAfter: seconds)
        case .unavailable: message(503, error.sentence)
        }
    }

    /// What our fields are called there.
    private static let fields = ["names": "domain", "application_urls": "applicationUrl"]

    private func message(
        _ status: Int, _ text: String, _ fields: [(name: String, value: String)] = [],
        retryAfter: Int? = nil
    ) -> ManagementResponse {
        let wait = retryAfter.map { [(name: "Retry-After", value: "\($0)")] } ?? []
        return .json(status, ["message": .string(text)], fields: fields + wait)
    }
}
