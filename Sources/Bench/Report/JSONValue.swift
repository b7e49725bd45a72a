// SPDX-License-Identifier: Apache-2.0

/// JSON (RFC 8259) that is written in the order in which it was put together.
enum JSONValue {
    case null
    case bool(Bool)
    case integer(Int)
    /// To three digits behind the point; what is no number is null.
    case number(Double)
    case text(String)
    case list([JSONValue])
    case object([(key: String, value: JSONValue)])

    static func number(_ value: Double?) -> JSONValue { value.map { .number($0) } ?? .null }
    static func text(_ value: String?) -> JSONValue { value.map { .text($0) } ?? .null }

    /// With line breaks; lists and objects without others inside stay on their line.
    func text(indent: Int = 0) -> String {
        switch self {
        case .null: "null"
        case .bool(let value): "\(value)"
        case .integer(let value): "\(value)"
        case .number(let value): value.isFinite ? "\((value * 1000).rounded() / 1000)" : "null"
        case .text(let value): Self.quoted(value)
        case .list(let values):
            lines(values.map { $0.text(indent: indent + 1) }, "[", "]", indent: indent)
        case .object(let members):
            lines(
                members.map { "\(Self.quoted($0.key)): \($0.value.text(indent: indent + 1))" },
                "{", "}", indent: indent)
        }
    }

    private func lines(_ parts: [String], _ open: String, _ close: String, indent: Int) -> String {
        guard hasNested else { return open + parts.joined(separator: ", ") + close }
        let margin = String(repeating: "  ", count: indent)
        return "\(open)\n\(margin)  \(parts.joined(separator: ",\n\(margin)  "))\n\(margin)\(close)"
    }

    private var hasNested: Bool {
        switch self {
        case .list(let values): values.contains { $0.isContainer }
        case .object(let members): members.contains { $0.value.isContainer }
        default: false
        }
    }

    private var isContainer: Bool {
        switch self {
        case .list, .object: true
        default: false
        }
    }

    private static func quoted(_ text: String) -> String {
        let escaped = text.unicodeScalars.map { scalar in
            switch scalar {
            case "\"": "\\\""
            case "\\": "\\\\"
            case "\u{0}"..<"\u{20}":
                "\\u" + String(repeating: "0", count: scalar.value < 16 ? 3 : 2)
                    + String(scalar.value, radix: 16)
            default: String(scalar)
            }
        }
        return "\"\(escaped.joined())\""
    }
}
