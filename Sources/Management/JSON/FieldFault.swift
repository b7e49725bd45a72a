// SPDX-License-Identifier: Apache-2.0

/// What is wrong with a member of a request's body, or with the body.
package struct FieldFault: Error, Hashable, Sendable {
    package enum Kind: Hashable, Sendable {
        /// The body is no JSON, or no object.
        case malformed
        case missing
        case wrongType
        case tooLong
        case invalid
        /// There is no such member.
        case unknown
    }

    package let kind: Kind
    /// The member's path, such as `names[2]` or `subject.country`; empty: the body.
    package let field: String
    /// What it should be: a sentence.
    package let reason: String

    package init(_ kind: Kind, _ field: String, _ reason: String) {
        self.kind = kind
        self.field = field
        self.reason = reason
    }
}
