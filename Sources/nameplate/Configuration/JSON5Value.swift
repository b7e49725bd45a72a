// SPDX-License-Identifier: Apache-2.0

/// What a JSON5 text says, with the line of each value so that a mistake can be found.
///
/// Foundation reads JSON5 too, but its errors name no place, and of two equal keys it silently
/// keeps one.
struct JSON5Value: Equatable, Sendable {
    enum Kind: Equatable, Sendable {
        case null
        case boolean(Bool)
        case integer(Int)
        case number(Double)
        case string(String)
        case array([JSON5Value])
        case object([Member])
    }

    /// One `name: value` of an object, in the order written.
    struct Member: Equatable, Sendable {
        var name: String
        /// Where the name stands, from 1.
        var line: Int
        var value: JSON5Value
    }

    var kind: Kind
    /// Where the value begins, from 1.
    var line: Int

    /// The value as an error message shows it: short, and never the inside of a container.
    var summary: String {
        switch kind {
        case .null: "null"
        case .boolean(let value): "\(value)"
        case .integer(let value): "\(value)"
        case .number(let value): "\(value)"
        case .string(let value): Self.quoted(value)
        case .array(let elements): elements.isEmpty ? "an empty list" : "a list"
        case .object: "an object"
        }
    }

    /// `text` in quotes, without control characters and cut where it is too long for a message.
    static func quoted(_ text: String) -> String {
        let visible = text.unicodeScalars.map { $0.value < 0x20 || $0.value == 0x7F ? "?" : $0 }
        guard visible.count > longestQuote else { return "\"\(Self.joined(visible[...]))\"" }
        return "\"\(Self.joined(visible.prefix(longestQuote)))…\""
    }

    private static func joined(_ scalars: ArraySlice<Unicode.Scalar>) -> String {
        String(String.UnicodeScalarView(scalars))
    }

    private static let longestQuote = 60
}

/// Why a text is not JSON5.
struct JSON5Error: Error, Equatable, CustomStringConvertible {
    var line: Int
    var column: Int
    var expected: String
    var found: String

    var description: String {
        "not JSON5 at column \(column): expected \(expected), found \(found)"
    }
}
