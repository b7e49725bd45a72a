// SPDX-License-Identifier: Apache-2.0
import Provisioning
import Registry
import TLS

/// AutoDNS' errors: the envelope, with a message that says which object or field is at fault.
extension AutoDNSDialect {
    func answer(_ fault: DialectFault, to request: ManagementRequest) -> ManagementResponse {
        switch fault {
        case .unauthenticated: error(401, .access, "Authentication failed", request)
        case .lockedOut(let seconds):
            error(
                429, .limit, "Too many failed authentications", request,
                fields: [("Retry-After", "\(seconds)")])
        case .forbidden(let scope):
            error(403, .access, "Needs the scope \(scope.rawValue)", request)
        case .noSuchCall:
            error(
                404, .value, "This endpoint offers certificates, their contacts, jobs and polling",
                request, ("task", request.path))
        case .methodNotAllowed(let allow):
            error(
                405, .value, "\(request.method) is not available here", request,
                ("method", request.method), fields: [("Allow", allow)])
        case .request(let fault): error(fault.status, .value, fault.description, request)
        case .field(let fault):
            error(
                400, .value, fault.reason, request,
                (fault.field.isEmpty ? "body" : fault.field, ""))
        case .declined(let declined): answer(declined, request)
        }
    }

    private func answer(
        _ declined: LifecycleError, _ request: ManagementRequest
    ) -> ManagementResponse {
        switch declined {
        case .notFound(let kind, let name):
            error(404, .unknown, declined.sentence, request, (word(kind), name))
        case .invalid(let field, _):
            error(400, .value, declined.sentence, request, (Self.fields[field] ?? field, ""))
        case .unsupportedValidation(let field, let value),
            .unsupportedProduct(let field, let value):
            error(
                400, .value, declined.sentence, request, (Self.fields[field] ?? field, value))
        case .notRouted(let report):
            error(400, .value, report.advice, request, ("name", report.name.text))
        case .needsDelegation(let name, _):
            error(400, .value, declined.sentence, request, ("name", name.text))
        case .notIssued(let number), .keyUnavailable(let number):
            error(400, .state, declined.sentence, request, ("Certificate", "\(number)"))
        case .tooBroad: error(400, .value, declined.sentence, request, ("filters", ""))
        case .conflict, .changedMeanwhile: error(400, .state, declined.sentence, request)
        case .rateLimited(_, let seconds):
            error(
                429, .limit, declined.sentence, request,
                fields: seconds.map { [("Retry-After", "\($0)")] } ?? [])
        case .unfit(let field, _):
            error(400, .value, declined.sentence, request, (Self.fields[field] ?? field, ""))
        case .unavailable: error(503, .trouble, declined.sentence, request)
        }
    }

    /// What kind of error it is. `EF01000`, "missing or wrong value", is AutoDNS' own; the others are not
    /// documented.
    private enum Code: String {
        case value = "EF01000"
        case unknown = "EF01001"
        case state = "EF01002"
        case access = "EF01003"
        case limit = "EF01004"
        case trouble = "EF01005"
    }

    private func error(
        _ status: Int, _ code: Code, _ text: String, _ request: ManagementRequest,
        _ object: (type: String, value: String)? = nil,
        fields: [(name: String, value: String)] = []
    ) -> ManagementResponse {
        var message: [String: JSONValue] = [
            "text": .string(text), "code": .string(code.rawValue), "status": "ERROR",
        ]
        if let object {
            message["objects"] = [["type": .string(object.type), "value": .string(object.value)]]
        }
        return answer(
            status,
            AutoDNSEnvelope(
                outcome: .error, task: Self.task(of: request),
                object: object.map { AutoDNSEnvelope.object($0.type, $0.value) },
                messages: [.object(message)]),
            to: request, fields: fields)
    }

    private func word(_ kind: Event.Subject.Kind) -> String {
        switch kind {
        case .certificate, .version: "Certificate"
        case .issuance: "Job"
        case .queue: "Message"
        case .domain: "Domain"
        case .site: "Site"
        case .webhook: "Webhook"
        case .contact: "SslContact"
        case .client: "User"
        }
    }

    /// What our fields are called there.
    private static let fields = [
        "names": "subjectAlternativeNames", "request": "csr",
    ]
}
