// SPDX-License-Identifier: Apache-2.0
package import FoundationEssentials

/// Times as the API has them: RFC 3339, in UTC, by the second.
package enum Timestamp {
    static let expected = "expected a time such as 2027-01-31T12:00:00Z"

    /// Any time of RFC 3339, also with an offset and a fraction of a second.
    package static func date(_ text: String) -> Date? {
        // The fraction, of any length, counts for nothing here.
        var whole = Substring(text)
        if let dot = text.firstIndex(of: ".") {
            let digits = text[text.index(after: dot)...].prefix { $0.isASCII && $0.isNumber }
            guard !digits.isEmpty else { return nil }
            whole = text[..<dot] + text[digits.endIndex...]
        }
        var seconds = 0
        if whole.utf8.count == 25 {
            // Foundation's time zones end at 18 hours, those of RFC 3339 at 24.
            guard let offset = offset(Array(whole.utf8.suffix(6))) else { return nil }
            seconds = offset
            whole = whole.dropLast(6) + "Z"
        }
        guard whole.utf8.count == 20 else { return nil }
        return (try? Date(String(whole), strategy: Date.ISO8601FormatStyle()))
            .map { $0 - TimeInterval(seconds) }
    }

    /// The seconds of `+01:30`.
    private static func offset(_ text: [UInt8]) -> Int? {
        let numbers = text.dropFirst().split(separator: UInt8(ascii: ":")).map { digits in
            digits.count == 2 && digits.allSatisfy { (0x30...0x39).contains($0) }
                ? Int(Substring(decoding: digits, as: UTF8.self)) : nil
        }
        guard text.first == UInt8(ascii: "+") || text.first == UInt8(ascii: "-"),
            numbers.count == 2, let hours = numbers.first ?? nil, let minutes = numbers.last ?? nil,
            hours < 24, minutes < 60
        else { return nil }
        return (text.first == UInt8(ascii: "-") ? -1 : 1) * (hours * 3600 + minutes * 60)
    }
}

extension JSONFields {
    /// A time of RFC 3339; nil without one.
    package mutating func optionalDate(_ name: String) throws(FieldFault) -> Date? {
        guard let text = try optionalString(name, max: 64) else { return nil }
        return try date(text, name)
    }

    /// Nil: there is none; `.some(nil)`: it is null.
    package mutating func nullableDate(_ name: String) throws(FieldFault) -> Date?? {
        switch try nullableString(name, max: 64) {
        case nil: return nil
        case .some(nil): return .some(nil)
        case .some(let text?): return try date(text, name)
        }
    }

    private func date(_ text: String, _ name: String) throws(FieldFault) -> Date {
        guard let date = Timestamp.date(text) else { throw invalid(name, Timestamp.expected) }
        return date
    }
}
