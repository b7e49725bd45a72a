// SPDX-License-Identifier: Apache-2.0
import Registry

/// The kinds of errors of the native API. Raw values are stable: clients branch by them.
enum ProblemKind: String, CaseIterable, Sendable {
    case malformedRequest = "malformed_request"
    case malformedBody = "malformed_body"
    case unauthenticated
    case forbidden
    case notFound = "not_found"
    case methodNotAllowed = "method_not_allowed"
    case conflict
    case requestInFlight = "request_in_flight"
    case notRouted = "not_routed"
    case needsDelegation = "needs_delegation"
    case notIssued = "not_issued"
    case keyUnavailable = "key_unavailable"
    case eventsGone = "events_gone"
    case changedMeanwhile = "changed_meanwhile"
    case bodyTooLarge = "body_too_large"
    case unsupportedMediaType = "unsupported_media_type"
    case invalidField = "invalid_field"
    case unknownField = "unknown_field"
    case unsupportedValidation = "unsupported_validation"
    case unsupportedProduct = "unsupported_product"
    case unfitCertificate = "unfit_certificate"
    case idempotencyKeyReused = "idempotency_key_reused"
    case rateLimited = "rate_limited"
    case lockedOut = "locked_out"
    case overloaded
    case unavailable

    var status: Int {
        switch self {
        case .malformedRequest, .malformedBody: 400
        case .unauthenticated: 401
        case .forbidden: 403
        case .notFound: 404
        case .methodNotAllowed: 405
        case .conflict, .requestInFlight, .notRouted, .needsDelegation, .notIssued,
            .keyUnavailable:
            409
        case .eventsGone: 410
        case .changedMeanwhile: 412
        case .bodyTooLarge: 413
        case .unsupportedMediaType: 415
        case .invalidField, .unknownField, .unsupportedValidation, .unsupportedProduct,
            .unfitCertificate, .idempotencyKeyReused:
            422
        case .rateLimited, .lockedOut: 429
        case .overloaded, .unavailable: 503
        }
    }

    /// The same for every problem of the kind.
    var title: String {
        switch self {
        case .malformedRequest: "The request is not HTTP as it should be."
        case .malformedBody: "The body is not a JSON object."
        case .unauthenticated: "No valid credentials were given."
        case .forbidden: "The client may not do this."
        case .notFound: "There is no such thing."
        case .methodNotAllowed: "The resource has no such method."
        case .conflict: "It does not go with what is there."
        case .requestInFlight: "A request with this Idempotency-Key is under way."
        case .notRouted: "The name does not lead here, or its CAA records are against it."
        case .needsDelegation: "A CNAME for dns-01 is missing."
        case .notIssued: "There is no certificate yet."
        case .keyUnavailable: "The private key is not here."
        case .eventsGone: "The log does not go back so far."
        case .changedMeanwhile: "It was changed since it was read."
        case .bodyTooLarge: "The body is too large."
        case .unsupportedMediaType: "The body has another media type than application/json."
        case .invalidField: "A value is not what it should be."
        case .unknownField: "There is no such field or parameter."
        case .unsupportedValidation: "Names are not validated in this way here."
        case .unsupportedProduct: "There is no such product here."
        case .unfitCertificate: "The certificate is not fit to serve."
        case .idempotencyKeyReused: "The Idempotency-Key came with another request before."
        case .rateLimited: "A limit is reached."
        case .lockedOut: "Too many requests from this address had wrong credentials."
        case .overloaded: "Too many requests are under way."
        case .unavailable: "The edge cannot do it now."
        }
    }

    /// What to do about it.
    var advice: String {
        switch self {
        case .malformedRequest: "Send HTTP/1.1 (RFC 9112)."
        case .malformedBody: "Send one JSON object (RFC 8259), nested at most 32 deep."
        case .unauthenticated:
            "Send application_id and client_secret as Basic, or the secret as Bearer."
        case .forbidden: "Have the operator add the scope to management.clients."
        case .notFound:
            "Look at the number and the account: objects of other accounts are not shown."
        case .methodNotAllowed: "The field Allow has the methods."
        case .conflict: "Read the object, and decide anew."
        case .requestInFlight: "Wait for its answer, then send the request again."
        case .notRouted: "Have the DNS records changed as `changes` says, then try again."
        case .needsDelegation: "Have the CNAME of `delegation` added, then try again."
        case .notIssued: "Wait for the issuance, or for the event version.issued."
        case .keyUnavailable: "Who made the certification request has the key."
        case .eventsGone:
            "Read the objects themselves, then go on with `after` as `resume_after` says."
        case .changedMeanwhile: "Read it again, and use the new ETag."
        case .bodyTooLarge: "Send at most 1 MiB."
        case .unsupportedMediaType: "Send Content-Type: application/json."
        case .invalidField: "`field` names it; `detail` says what is expected."
        case .unknownField: "`field` names it; it may be misspelled."
        case .unsupportedValidation:
            "Leave it out: names are validated by the edge, over HTTP, TLS and DNS."
        case .unsupportedProduct:
            "Certificates are domain-validated; an operator may configure aliases."
        case .unfitCertificate: "`problem` says what is wrong with it."
        case .idempotencyKeyReused: "Use a new key for a new request."
        case .rateLimited, .lockedOut: "Wait as long as Retry-After says."
        case .overloaded, .unavailable: "Try again in a moment."
        }
    }

    /// What `/edge/v1/problems/<code>` answers.
    var description: JSONValue {
        [
            "type": .string(ProblemDocument.base + rawValue), "status": .integer(status),
            "title": .string(title), "advice": .string(advice),
        ]
    }
}
