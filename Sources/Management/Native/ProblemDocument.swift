// SPDX-License-Identifier: Apache-2.0
import Registry

/// An error of the native API (RFC 9457).
struct ProblemDocument: Sendable {
    var status: Int
    /// Stable; the last part of `type`.
    var code: String
    /// The same for every problem of this type.
    var title: String
    /// What is so this time, and what to do about it.
    var detail: String
    /// The member or parameter that it is about.
    var field: String?
    /// More members, by type.
    var extensions: [String: JSONValue] = [:]
    /// Fields of the answer.
    var fields: [(name: String, value: String)] = []

    static let mediaType = "application/problem+json"
    static let base = "/edge/v1/problems/"

    var response: ManagementResponse {
        var members = extensions
        members["type"] = .string(Self.base + code)
        members["title"] = .string(title)
        members["status"] = .integer(status)
        members["detail"] = .string(detail)
        if let field { members["field"] = .string(field) }
        return .json(status, .object(members), type: Self.mediaType, fields: fields)
    }
}
