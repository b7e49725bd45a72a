// SPDX-License-Identifier: Apache-2.0
import Management
import Registry

/// Answers of the API as lines of text.
enum ManageText {
    /// The values of an object's members, with tabs between.
    static func line(_ object: JSONValue, _ columns: ManageColumns) -> String {
        columns.names.map { value(member($0, of: object)) }.joined(separator: "\t")
    }

    /// A member a line, its name and its value; members of members have both names.
    static func members(_ object: JSONValue) -> String {
        pairs(object, prefix: "").map { "\($0)\t\($1)" }.joined(separator: "\n")
    }

    private static func pairs(_ object: JSONValue, prefix: String) -> [(String, String)] {
        guard let members = object.objectValue else { return [] }
        return members.sorted { $0.key < $1.key }.flatMap { name, value in
            value.objectValue == nil
                ? [(prefix + name, Self.value(value))]
                : pairs(value, prefix: "\(prefix)\(name).")
        }
    }

    private static func member(_ path: String, of object: JSONValue) -> JSONValue? {
        var found: JSONValue? = object
        for name in path.split(separator: ".") { found = found?[String(name)] }
        return found
    }

    /// What a field can hold: no tab, no line end, and nothing for null.
    private static func value(_ value: JSONValue?) -> String {
        switch value {
        case nil, .null: ""
        case .string(let text): String(text.map { $0.isControl ? " " : $0 })
        case .array(let elements): elements.map { Self.value($0) }.joined(separator: ",")
        case .bool(let flag): flag ? "true" : "false"
        case .integer(let number): "\(number)"
        case .number(let number): "\(number)"
        case .object: json(value ?? .null)
        }
    }

    static func json(_ value: JSONValue) -> String {
        String(decoding: value.text, as: UTF8.self)
    }

    /// What DNS says of a domain, as a person wants it.
    static func report(_ report: JSONValue) -> String {
        let routing = report["routing"]
        var lines = ["\(value(report["name"]))\t\(value(routing?["advice"]))"]
        for change in routing?["changes"]?.arrayValue ?? [] {
            let words = ["action", "name", "type", "value"].map { value(change[$0]) }
            lines.append(words.joined(separator: "\t"))
        }
        return lines.joined(separator: "\n")
    }
}

extension Character {
    fileprivate var isControl: Bool { unicodeScalars.contains { $0.value < 0x20 } }
}
