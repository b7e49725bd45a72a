// SPDX-License-Identifier: Apache-2.0

/// Reads one JSON5 text (spec.json5.org) into a value.
struct JSON5Parser {
    private let text: [Unicode.Scalar]
    private var position = 0
    private var line = 1
    private var lineStart = 0
    private var depth = 0

    /// Containers inside containers; more would only be an attack on the stack.
    static let deepest = 64

    /// The value of `text`, with nothing but white space and comments around it.
    static func parse(_ text: String) throws(JSON5Error) -> JSON5Value {
        var parser = JSON5Parser(text: Array(text.unicodeScalars))
        try parser.skipBlanks()
        let value = try parser.value()
        try parser.skipBlanks()
        guard parser.peek == nil else { throw parser.unexpected("the end of the file") }
        return value
    }

    private init(text: [Unicode.Scalar]) {
        self.text = text
    }

    // MARK: Values

    private mutating func value() throws(JSON5Error) -> JSON5Value {
        let start = line
        return JSON5Value(kind: try kind(), line: start)
    }

    private mutating func kind() throws(JSON5Error) -> JSON5Value.Kind {
        switch peek {
        case "{": .object(try members())
        case "[": .array(try elements())
        case "\"", "'": .string(try string())
        case "+", "-", ".", "I", "N": try number()
        case "t": try word("true", .boolean(true))
        case "f": try word("false", .boolean(false))
        case "n": try word("null", .null)
        case let scalar? where ("0"..."9").contains(scalar): try number()
        default: throw unexpected("a value")
        }
    }

    private mutating func word(
        _ word: String, _ kind: JSON5Value.Kind
    ) throws(JSON5Error) -> JSON5Value.Kind {
        let rest = text[position...]
        guard rest.starts(with: word.unicodeScalars),
            !rest.dropFirst(word.unicodeScalars.count).first.isPartOfIdentifier
        else { throw unexpected("a value (text needs quotes)") }
        position += word.unicodeScalars.count
        return kind
    }

    private mutating func members() throws(JSON5Error) -> [JSON5Value.Member] {
        try descend()
        defer { depth -= 1 }
        var members: [JSON5Value.Member] = []
        try skipBlanks()
        while peek != "}" {
            let start = line
            let name = try memberName()
            try skipBlanks()
            guard take(":") else { throw unexpected("\":\" after \"\(name)\"") }
            try skipBlanks()
            members.append(.init(name: name, line: start, value: try value()))
            try skipBlanks()
            guard take(",") else { break }
            try skipBlanks()
        }
        guard take("}") else { throw unexpected("\",\" or \"}\"") }
        return members
    }

    private mutating func elements() throws(JSON5Error) -> [JSON5Value] {
        try descend()
        defer { depth -= 1 }
        var elements: [JSON5Value] = []
        try skipBlanks()
        while peek != "]" {
            elements.append(try value())
            try skipBlanks()
            guard take(",") else { break }
            try skipBlanks()
        }
        guard take("]") else { throw unexpected("\",\" or \"]\"") }
        return elements
    }

    private mutating func descend() throws(JSON5Error) {
        depth += 1
        guard depth <= Self.deepest else { throw unexpected("at most \(Self.deepest) levels") }
        position += 1
    }

    private mutating func memberName() throws(JSON5Error) -> String {
        if peek == "\"" || peek == "'" { return try string() }
        let start = position
        while peek.isPartOfIdentifier { position += 1 }
        guard position > start, !("0"..."9").contains(text[start]) else {
            position = start
            throw unexpected("a key")
        }
        return String(String.UnicodeScalarView(text[start..<position]))
    }

    // MARK: Strings

    private mutating func string() throws(JSON5Error) -> String {
        let quote = peek
        position += 1
        var result = String.UnicodeScalarView()
        while let scalar = peek, scalar != quote {
            guard scalar != "\n", scalar != "\r" else { break }
            position += 1
            if scalar != "\\" {
                result.append(scalar)
            } else if let escaped = try escape() {
                result.append(escaped)
            }
        }
        guard peek != nil, peek == quote else { throw unexpected("the closing quote") }
        position += 1
        return String(result)
    }

    /// What stands after a backslash; nil when the line goes on below.
    private mutating func escape() throws(JSON5Error) -> Unicode.Scalar? {
        guard let scalar = peek else { throw unexpected("a character after \"\\\"") }
        switch scalar {
        case "1"..."9": throw unexpected("an escape such as \\n or \\u0041")
        case "\r", "\n", "\u{2028}", "\u{2029}":
            takeLineBreak()
            return nil
        default: position += 1
        }
        switch scalar {
        case "0": return "\0"
        case "b": return "\u{8}"
        case "f": return "\u{C}"
        case "n": return "\n"
        case "r": return "\r"
        case "t": return "\t"
        case "v": return "\u{B}"
        case "x": return Unicode.Scalar(UInt8(truncatingIfNeeded: try hexDigits(2)))
        case "u": return try unicodeEscape()
        default: return scalar
        }
    }

    private mutating func unicodeEscape() throws(JSON5Error) -> Unicode.Scalar {
        let unit = try hexDigits(4)
        if let scalar = Unicode.Scalar(unit) { return scalar }
        guard unit < 0xDC00, take("\\"), take("u") else {
            throw unexpected("the second half of a surrogate pair")
        }
        let low = try hexDigits(4)
        guard (0xDC00...0xDFFF).contains(low),
            let scalar = Unicode.Scalar(0x10000 + (unit - 0xD800) << 10 + (low - 0xDC00))
        else { throw unexpected("the second half of a surrogate pair") }
        return scalar
    }

    private mutating func hexDigits(_ count: Int) throws(JSON5Error) -> UInt32 {
        var value: UInt32 = 0
        for _ in 0..<count {
            guard let digit = peek.flatMap({ Character($0).hexDigitValue }) else {
                throw unexpected("\(count) hexadecimal digits")
            }
            value = value << 4 | UInt32(digit)
            position += 1
        }
        return value
    }

    // MARK: Numbers

    private mutating func number() throws(JSON5Error) -> JSON5Value.Kind {
        let start = position
        let negative = peek == "-"
        if peek == "-" || peek == "+" { position += 1 }
        if peek == "I" { return try word("Infinity", .number(negative ? -.infinity : .infinity)) }
        if peek == "N" { return try word("NaN", .number(.nan)) }
        let digits = position
        while peek.isPartOfNumber(after: text[position - 1 < start ? start : position - 1]) {
            position += 1
        }
        let body = String(String.UnicodeScalarView(text[digits..<position]))
        guard let kind = Self.number(body, negative: negative), !peek.isPartOfIdentifier else {
            position = start
            throw unexpected("a number")
        }
        return kind
    }

    private static func number(_ body: String, negative: Bool) -> JSON5Value.Kind? {
        if body.hasPrefix("0x") || body.hasPrefix("0X") {
            return Int(body.dropFirst(2), radix: 16).map { .integer(negative ? -$0 : $0) }
        }
        let leadingZero = body.count > 1 && body.hasPrefix("0") && body.dropFirst().first != "."
        guard !leadingZero || body.contains(where: { $0 == "e" || $0 == "E" }) else { return nil }
        if let integer = Int(body) { return .integer(negative ? -integer : integer) }
        guard body.contains(where: \.isNumber) else { return nil }
        let padded = body.hasPrefix(".") ? "0" + body : body
        return Double(padded).map { .number(negative ? -$0 : $0) }
    }

    // MARK: Characters

    private var peek: Unicode.Scalar? { position < text.count ? text[position] : nil }

    private mutating func take(_ scalar: Unicode.Scalar) -> Bool {
        guard peek == scalar else { return false }
        position += 1
        return true
    }

    /// Moves over one line break; a carriage return and the line feed after it are one.
    private mutating func takeLineBreak() {
        let first = peek
        position += 1
        if first == "\r", peek == "\n" { position += 1 }
        line += 1
        lineStart = position
    }

    private mutating func skipBlanks() throws(JSON5Error) {
        while let scalar = peek {
            switch scalar {
            case "\n", "\r", "\u{2028}", "\u{2029}": takeLineBreak()
            case "/": try skipComment()
            case _ where scalar.properties.isWhitespace || scalar == "\u{FEFF}": position += 1
            default: return
            }
        }
    }

    private mutating func skipComment() throws(JSON5Error) {
        position += 1
        if take("/") {
            while let scalar = peek, scalar != "\n", scalar != "\r" { position += 1 }
            return
        }
        guard take("*") else { throw unexpected("\"//\" or \"/*\"") }
        while let scalar = peek {
            if scalar == "\n" || scalar == "\r" {
                takeLineBreak()
            } else {
                position += 1
                if scalar == "*", take("/") { return }
            }
        }
        throw unexpected("\"*/\"")
    }

    private func unexpected(_ expected: String) -> JSON5Error {
        let found = peek.map { $0 == "\n" || $0 == "\r" ? "the end of the line" : "\"\($0)\"" }
        return JSON5Error(
            line: line, column: position - lineStart + 1, expected: expected,
            found: found ?? "the end of the file")
    }
}

extension Unicode.Scalar? {
    /// ECMAScript 5.1 §7.6, the part of it that keys need.
    fileprivate var isPartOfIdentifier: Bool {
        guard let self else { return false }
        return self == "_" || self == "$" || self.properties.isIDContinue
    }

    /// Digits, a point, hexadecimal letters, and a sign right after an exponent's letter.
    fileprivate func isPartOfNumber(after previous: Unicode.Scalar) -> Bool {
        guard let self, self.isASCII else { return false }
        if self == "+" || self == "-" { return previous == "e" || previous == "E" }
        return self == "." || self == "x" || self == "X" || self.properties.isASCIIHexDigit
    }
}
