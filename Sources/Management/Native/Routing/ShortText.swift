// SPDX-License-Identifier: Apache-2.0
import Registry

/// What clients call things: one line of any language, which they get back as they sent it.
enum ShortText {
    /// In characters as JSON Schema counts them: code points.
    static let max = 255
    /// Neither lines nor what steers a terminal: the command line prints these texts.
    static let pattern = "^[^\\x00-\\x1f\\x7f]+$"

    static func isOne(_ text: String, max: Int) -> Bool {
        (1...max).contains(text.unicodeScalars.count)
            && text.unicodeScalars.allSatisfy { $0.value >= 0x20 && $0.value != 0x7f }
    }

    static func expected(_ max: Int) -> String {
        "expected 1 to \(max) characters, none of them a control character"
    }
}

extension JSONFields {
    mutating func shortText(
        _ name: String, max: Int = ShortText.max
    ) throws(FieldFault) -> String? {
        try nullableShortText(name, max: max) ?? nil
    }

    /// Nil: there is none; `.some(nil)`: it is null.
    mutating func nullableShortText(
        _ name: String, max: Int = ShortText.max
    ) throws(FieldFault) -> String?? {
        let text = try nullableString(name)
        if let text = text ?? nil, !ShortText.isOne(text, max: max) {
            throw invalid(name, ShortText.expected(max))
        }
        return text
    }
}

extension NativeCall {
    func shortText(
        _ name: String, max: Int = ShortText.max
    ) throws(ProblemDocument) -> String? {
        guard let text = request.queryValue(name) else { return nil }
        guard ShortText.isOne(text, max: max) else {
            throw invalid(name, ShortText.expected(max))
        }
        return text
    }
}
