// SPDX-License-Identifier: Apache-2.0
import Registry

/// Parts of JSON Schema (2020-12), as OpenAPI 3.1 has it.
enum Schema {
    /// A schema of the description's own.
    static func reference(_ name: String) -> JSONValue {
        ["$ref": .string("#/components/schemas/\(name)")]
    }

    /// A page of a list.
    static func page(of name: String) -> JSONValue {
        object(
            ["data": array(of: reference(name)), "next": nullable(text())],
            required: ["data", "next"])
    }

    /// An object that has these members and no other; all are required where it is not said which.
    static func object(
        _ members: [String: JSONValue], required: [String]? = nil, isOpen: Bool = false
    ) -> JSONValue {
        var schema: [String: JSONValue] = [
            "type": "object", "properties": .object(members),
            "additionalProperties": .bool(isOpen),
        ]
        let required = required ?? members.keys.sorted()
        if !required.isEmpty { schema["required"] = .array(required.map { .string($0) }) }
        return .object(schema)
    }

    /// One of the objects that have a number, and what every one of them has.
    static func entity(
        _ prefix: String, _ members: [String: JSONValue], optional: Set<String> = []
    ) -> JSONValue {
        var members = members
        members["id"] = text(max: 14, pattern: "^\(prefix)_\(number)$")
        members["generation"] = integer(1...Int(Int32.max))
        members["created_at"] = time
        members["updated_at"] = time
        return object(
            members, required: members.keys.filter { !optional.contains($0) }.sorted())
    }

    static func array(
        of element: JSONValue, max: Int? = nil, min: Int? = nil, isUnique: Bool = false
    ) -> JSONValue {
        var schema: [String: JSONValue] = ["type": "array", "items": element]
        if isUnique { schema["uniqueItems"] = true }
        if let max { schema["maxItems"] = .integer(max) }
        if let min { schema["minItems"] = .integer(min) }
        return .object(schema)
    }

    static func nullable(_ schema: JSONValue) -> JSONValue {
        ["anyOf": [schema, ["type": "null"]]]
    }

    static func text(max: Int? = nil, pattern: String? = nil, format: String? = nil) -> JSONValue {
        var schema: [String: JSONValue] = ["type": "string"]
        if let max { schema["maxLength"] = .integer(max) }
        if let pattern { schema["pattern"] = .string(pattern) }
        if let format { schema["format"] = .string(format) }
        return .object(schema)
    }

    static func integer(_ range: ClosedRange<Int>) -> JSONValue {
        [
            "type": "integer", "minimum": .integer(range.lowerBound),
            "maximum": .integer(range.upperBound),
        ]
    }

    static func described(_ schema: JSONValue, _ text: String) -> JSONValue {
        guard case .object(var members) = schema else { return schema }
        members["description"] = .string(text)
        return .object(members)
    }

    /// One of an enumeration's raw values.
    static func oneOf<Value: RawRepresentable<String> & CaseIterable>(
        _ type: Value.Type
    ) -> JSONValue {
        ["type": "string", "enum": .array(type.allCases.map { .string($0.rawValue) })]
    }

    static let bool: JSONValue = ["type": "boolean"]
    static let any: JSONValue = [:]
    static let time = text(format: "date-time")

    /// An id of this kind.
    static func id<Kind: Numbered>(of kind: Kind.Type) -> JSONValue {
        text(max: 14, pattern: "^\(kind.identifierPrefix)_\(number)$")
    }

    /// The number of an object, 1 to `Int32.max`: of ten digits those that begin like it up to some place,
    /// and have a smaller digit there.
    static let number: String = {
        let digits = Array(String(Int32.max))
        var forms = ["[1-9][0-9]{0,8}", String(digits)]
        for (place, digit) in digits.enumerated() {
            let least = place == 0 ? 1 : 0
            guard let digit = digit.wholeNumberValue, digit > least else { continue }
            let rest = digits.count - place - 1
            forms.append("\(String(digits[..<place]))[\(least)-\(digit - 1)][0-9]{\(rest)}")
        }
        return "(\(forms.joined(separator: "|")))"
    }()

    /// A host name in lower case: at most 63 characters a label, 253 in all, and a last label that is no
    /// number.
    static let hostPattern =
        "([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\\.)+[a-z]([a-z0-9-]{0,61}[a-z0-9])?"
    static let host = text(max: 253, pattern: "^\(hostPattern)$")
    /// A host name, or a wildcard for one label below one.
    static let certificateName = text(max: 253, pattern: "^(\\*\\.)?\(hostPattern)$")
}
