// SPDX-License-Identifier: Apache-2.0

/// By what we know requests again that we have forwarded ourselves: a pseudonym in `CDN-Loop` (RFC 8586),
/// unlike that of any other process. Put on requests to origins that others than the operator have set,
/// for those may lead back here in ways that no address tells.
package struct LoopMark: Sendable {
    private let pseudonym: String

    package init() {
        let words = [UInt64.random(in: .min ... .max), UInt64.random(in: .min ... .max)]
        pseudonym = words.map { word in
            let digits = String(word, radix: 16)
            return String(repeating: "0", count: 16 - digits.utf8.count) + digits
        }.joined()
    }

    /// Appends the field; whoever has been there before keeps the one of its own (RFC 8586 §2).
    package func append<Sink: FieldSink & ~Copyable>(to sink: inout Sink) {
        sink.append(name: Self.fieldName.utf8.span, value: pseudonym.utf8.span)
    }

    /// Whether a request with these fields has been here before.
    package func marks(_ fields: Fields) -> Bool {
        let name = Self.fieldName.utf8.span
        var next = fields.firstIndex(named: name)
        while let index = next {
            if fields.text(at: index).contains(pseudonym) { return true }
            next = fields.firstIndex(named: name, from: index + 1)
        }
        return false
    }

    private static let fieldName = "CDN-Loop"
}
