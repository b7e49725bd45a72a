// SPDX-License-Identifier: Apache-2.0
import FoundationEssentials
package import Registry

extension JSONValue {
    /// As UTF-8, the members of objects in the order of their names.
    package var text: [UInt8] {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        // Only a number that is no number could fail, and the parser makes none.
        return (try? encoder.encode(self)).map { Array($0) } ?? Array("null".utf8)
    }

    /// A text, or null.
    package static func text(_ value: String?) -> JSONValue {
        JSONValue(value)
    }

    /// The member of an object; nil for what is none, or has none of that name.
    package subscript(_ name: String) -> JSONValue? {
        if case .object(let members) = self { members[name] } else { nil }
    }

    package var stringValue: String? {
        if case .string(let value) = self { value } else { nil }
    }

    package var integerValue: Int? {
        if case .integer(let value) = self { value } else { nil }
    }

    package var arrayValue: [JSONValue]? {
        if case .array(let value) = self { value } else { nil }
    }

    package var objectValue: [String: JSONValue]? {
        if case .object(let value) = self { value } else { nil }
    }

    /// For messages: what kind of value it is.
    package var kindText: String {
        switch self {
        case .null: "null"
        case .bool: "a boolean"
        case .integer, .number: "a number"
        case .string: "a text"
        case .array: "an array"
        case .object: "an object"
        }
    }
}
