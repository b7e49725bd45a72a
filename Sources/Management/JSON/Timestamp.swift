// SPDX-License-Identifier: Apache-2.0
package import FoundationEssentials

/// Times as the API has them: RFC 3339, in UTC, by the second.
package enum Timestamp {
    /// `2027-01-31T12:00:00Z`
    package static func text(_ date: Date) -> String {
        date.formatted(Date.ISO8601FormatStyle())
    }

    /// Any time of RFC 3339, also with an offset and a fraction of a second.
    package static func date(_ text: String) -> Date? {
        // The fraction, of any length, counts for nothing here.
        var whole = Substring(text)
        if let dot = text.firstIndex(of: ".") {
            let digits = text[text.index(after: dot)...].prefix { $0.isASCII && $0.isNumber }
            guard !digits.isEmpty else { return nil }
            whole = text[..<dot] + text[digits.endIndex...]
        }
        guard whole.utf8.count >= 20, whole.utf8.count <= 25 else { return nil }
        return try? Date(String(whole), strategy: Date.ISO8601FormatStyle())
    }
}
