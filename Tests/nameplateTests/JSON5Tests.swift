// SPDX-License-Identifier: Apache-2.0
import Foundation
import Testing

@testable import nameplate

@Suite struct JSON5Tests {
    @Test(arguments: [
        ("null", JSON5Value.Kind.null), ("true", .boolean(true)), ("false", .boolean(false)),
        ("0", .integer(0)), ("-12", .integer(-12)), ("+1", .integer(1)), ("0x1F", .integer(31)),
        (".5", .number(0.5)), ("5.", .number(5)), ("1e3", .number(1000)),
        ("-2.5E-1", .number(-0.25)), ("Infinity", .number(.infinity)), ("''", .string("")),
        ("'it\\'s \"x\"'", .string("it's \"x\"")), ("\"a\\\nb\"", .string("ab")),
        ("\"\\n\\t\\x41\\u00e9\"", .string("\n\tAé")),
        ("\"\\ud83d\\ude00\"", .string("😀")), ("[]", .array([])), ("{}", .object([])),
    ])
    func `a value is read as the specification has it`(text: String, kind: JSON5Value.Kind) throws {
        #expect(try JSON5Parser.parse(text).kind == kind)
    }

    @Test func `comments, bare keys, trailing commas and any quotes are allowed`() throws {
        let text = """
            // one
            { a: 1, 'b-c': [1, 2,], /* two
            lines */ "d": {}, $e_1: null, }
            """
        let value = try JSON5Parser.parse(text)
        guard case .object(let members) = value.kind else {
            Issue.record("no object")
            return
        }
        #expect(members.map(\.name) == ["a", "b-c", "d", "$e_1"])
        #expect(members.map(\.line) == [2, 2, 3, 3])
    }

    @Test(arguments: [
        ("", 1, 1, "a value", "the end of the file"),
        ("{a: 1,\n b 2}", 2, 4, "\":\" after \"b\"", "\"2\""),
        ("{a: 1", 1, 6, "\",\" or \"}\"", "the end of the file"),
        ("{a: \"x\ny\"}", 1, 7, "the closing quote", "the end of the line"),
        ("{a:\n\n  nul }", 3, 3, "a value (text needs quotes)", "\"n\""),
        ("[1]]", 1, 4, "the end of the file", "\"]\""),
        ("{a-b: 1}", 1, 3, "\":\" after \"a\"", "\"-\""),
        ("{1a: 1}", 1, 2, "a key", "\"1\""),
        ("[01]", 1, 2, "a number", "\"0\""),
        ("[1.2.3]", 1, 2, "a number", "\"1\""),
        ("[.]", 1, 2, "a number", "\".\""),
        ("/* x", 1, 5, "\"*/\"", "the end of the file"),
        ("'\\u12'", 1, 6, "4 hexadecimal digits", "\"'\""),
        ("'\\ud83d'", 1, 8, "the second half of a surrogate pair", "\"'\""),
    ])
    func `a mistake is told with its place`(
        text: String, line: Int, column: Int, expected: String, found: String
    ) {
        #expect(throws: JSON5Error(line: line, column: column, expected: expected, found: found)) {
            try JSON5Parser.parse(text)
        }
    }

    @Test func `nesting has a bound`() throws {
        let deepest = JSON5Parser.deepest
        let nested = { (depth: Int) in
            String(repeating: "[", count: depth) + String(repeating: "]", count: depth)
        }
        _ = try JSON5Parser.parse(nested(deepest))
        #expect(throws: JSON5Error.self) { try JSON5Parser.parse(nested(deepest + 1)) }
        #expect(throws: JSON5Error.self) {
            try JSON5Parser.parse(String(repeating: "[", count: 1_000_000))
        }
    }

    @Test func `Foundation reads the documented configuration alike`() throws {
        let text = try DocumentedConfiguration.text()
        let decoder = JSONDecoder()
        decoder.allowsJSON5 = true
        let theirs = try decoder.decode(Plain.self, from: Data(text.utf8))
        #expect(Plain(try JSON5Parser.parse(text)) == theirs)
    }

    @Test func `no cut of a text traps`() throws {
        let text = try DocumentedConfiguration.text()
        let scalars = Array(text.unicodeScalars)
        for end in stride(from: 0, to: scalars.count, by: 7) {
            let cut = String(String.UnicodeScalarView(scalars[..<end]))
            _ = try? JSON5Parser.parse(cut)
        }
    }
}

/// A JSON value without places, for comparing two readers.
private enum Plain: Decodable, Equatable {
    case null
    case boolean(Bool)
    case number(Double)
    case string(String)
    case array([Plain])
    case object([String: Plain])

    init(_ value: JSON5Value) {
        switch value.kind {
        case .null: self = .null
        case .boolean(let value): self = .boolean(value)
        case .integer(let value): self = .number(Double(value))
        case .number(let value): self = .number(value)
        case .string(let value): self = .string(value)
        case .array(let elements): self = .array(elements.map { Plain($0) })
        case .object(let members):
            self = .object(
                Dictionary(uniqueKeysWithValues: members.map { ($0.name, Plain($0.value)) }))
        }
    }

    init(from decoder: any Decoder) throws {
        let single = try decoder.singleValueContainer()
        if single.decodeNil() {
            self = .null
        } else if let value = try? single.decode(Bool.self) {
            self = .boolean(value)
        } else if let value = try? single.decode(Double.self) {
            self = .number(value)
        } else if let value = try? single.decode(String.self) {
            self = .string(value)
        } else if let value = try? single.decode([Plain].self) {
            self = .array(value)
        } else {
            self = .object(try single.decode([String: Plain].self))
        }
    }
}
