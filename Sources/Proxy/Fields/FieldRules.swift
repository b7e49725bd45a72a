// SPDX-License-Identifier: Apache-2.0
import HTTP

/// Fields that the operator has removed from requests or answers, and then added.
package struct FieldRules: Sendable {
    /// What the rules are for.
    package enum Message: Sendable {
        case request, answer
    }

    private let message: Message
    private(set) var added = Fields()
    private var removed: FieldNameSet = []
    private var removedByName: [[UInt8]] = []

    package init(for message: Message) {
        self.message = message
    }

    /// Whether they change nothing.
    package var isEmpty: Bool { added.isEmpty && removed == [] && removedByName.isEmpty }

    /// Adds a field to every message, beside those of its name that are there.
    package mutating func add(_ name: String, _ value: String) throws(FieldRuleError) {
        _ = try recognize(name)
        guard Fields.isValidValue(value.utf8.span) else { throw .invalidValue }
        added.append(name: name.utf8.span, value: value.utf8.span)
    }

    /// Removes every field of this name, in any case, that comes from the other side.
    package mutating func remove(_ name: String) throws(FieldRuleError) {
        let known = try recognize(name)
        if known == .other {
            removedByName.append(Array(name.utf8))
        } else {
            removed.insert(known)
        }
    }

    /// Removes what the rules say.
    func removeFields(from fields: inout Fields) {
        fields.removeAll(removed)
        for name in removedByName { fields.removeAll(named: name.span) }
    }

    private func recognize(_ name: String) throws(FieldRuleError) -> FieldName {
        guard Fields.isValidName(name.utf8.span) else { throw .invalidName }
        let known = FieldName(name)
        let isReserved =
            FieldNameSet.hopByHop.contains(known)
            || (message == .request ? Self.ownInRequests : Self.ownInAnswers).contains(known)
        guard !isReserved else { throw .reserved }
        return known
    }

    /// What says where a message ends, whom it is for, and what we say ourselves.
    private static let ownInRequests: FieldNameSet = [
        .host, .contentLength, .trailer, .expect, .xForwardedFor, .xForwardedProto, .xForwardedHost,
        .xForwardedPort, .xRequestID, .forwarded,
    ]
    private static let ownInAnswers: FieldNameSet = [.contentLength, .trailer, .date]
}

/// Why there can be no such rule.
package enum FieldRuleError: Error, CaseIterable, CustomStringConvertible, Sendable {
    /// Not a token (RFC 9110 §5.1).
    case invalidName
    /// Control bytes, or blanks at an end (RFC 9110 §5.5).
    case invalidValue
    /// A field of one connection, of the framing, or one that we write ourselves.
    case reserved

    package var description: String {
        switch self {
        case .invalidName: "a field name"
        case .invalidValue: "a field value, without control characters or blanks at its ends"
        case .reserved: "a field that is not part of the framing and not one of nameplate's own"
        }
    }
}
