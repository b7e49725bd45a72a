// SPDX-License-Identifier: Apache-2.0
import Provisioning
import Registry

/// An error of the native API (RFC 9457).
struct ProblemDocument: Error {
    let kind: ProblemKind
    /// Another status than the kind's: what HTTP/1.1 has one of its own for.
    var status: Int?
    /// What is so this time.
    let detail: String
    /// The member or parameter that it is about.
    var field: String?
    /// More members, by kind.
    var extensions: [String: JSONValue] = [:]
    /// Fields of the answer.
    var fields: [(name: String, value: String)] = []

    static let mediaType = "application/problem+json"
    static let base = "/edge/v1/problems/"

    init(_ kind: ProblemKind, _ detail: String, field: String? = nil) {
        self.kind = kind
        self.detail = detail
        self.field = field
    }

    init(_ fault: FieldFault) {
        switch fault.kind {
        case .malformed: self.init(.malformedBody, "The body: \(fault.reason).")
        case .unknown: self.init(.unknownField, fault.reason, field: fault.field)
        case .missing, .wrongType, .tooLong, .invalid:
            self.init(.invalidField, fault.reason, field: fault.field)
        }
    }

    init(_ fault: RequestFault) {
        let kind: ProblemKind =
            switch fault {
            case .bodyTooLarge: .bodyTooLarge
            case .malformedBody, .bodyTooSlow: .malformedRequest
            case .overloaded: .overloaded
            }
        self.init(kind, fault.description)
        status = fault.status
        if fault == .overloaded { fields = [("Retry-After", "1")] }
    }

    /// Whoever has asked is nobody that we know.
    static func unauthenticated(_ detail: String) -> ProblemDocument {
        var problem = ProblemDocument(.unauthenticated, detail)
        problem.fields = [
            ("WWW-Authenticate", "Basic realm=\"nameplate\""),
            ("WWW-Authenticate", "Bearer realm=\"nameplate\""),
        ]
        return problem
    }

    /// Whatever an operation throws.
    init(anyError error: any Error) {
        switch error {
        case let problem as ProblemDocument: self = problem
        case let fault as FieldFault: self.init(fault)
        case let error as LifecycleError: self.init(error)
        case RegistryError.busy:
            self.init(.rateLimited, "Too much waits for its turn.")
            fields = [("Retry-After", "1")]
        default: self.init(LifecycleError.unavailable("\(error)"))
        }
    }

    var response: ManagementResponse {
        var members = extensions
        members["type"] = .string(Self.base + kind.rawValue)
        members["title"] = .string(kind.title)
        members["status"] = .integer(status ?? kind.status)
        members["detail"] = .string(detail)
        members["advice"] = .string(kind.advice)
        if let field { members["field"] = .string(field) }
        return .json(
            status ?? kind.status, .object(members), type: Self.mediaType, fields: fields)
    }
}
