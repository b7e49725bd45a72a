// SPDX-License-Identifier: Apache-2.0
import HTTP

/// What the operator wants done to the fields of every request and answer, beside what HTTP asks for.
/// Made once a configuration.
package final class FieldPolicy: Sendable {
    /// Whether origins get `Forwarded` (RFC 7239) beside the X-Forwarded fields.
    let sendsForwarded: Bool
    let requests: FieldRules
    let answers: FieldRules
    /// The value of Strict-Transport-Security for answers that have none.
    let strictTransportSecurity: [UInt8]?

    /// Does nothing to them.
    package static let none = FieldPolicy()

    package init(
        sendsForwarded: Bool = false, requests: FieldRules = FieldRules(for: .request),
        answers: FieldRules = FieldRules(for: .answer),
        strictTransportSecurity: StrictTransportSecurity? = nil
    ) {
        self.sendsForwarded = sendsForwarded
        self.requests = requests
        self.answers = answers
        // RFC 6797 §6.1: one such field at most.
        let isAdded = answers.added.contains(.strictTransportSecurity)
        self.strictTransportSecurity =
            isAdded ? nil : strictTransportSecurity.map { Array($0.value.utf8) }
    }

    /// Appends what an answer of our own gets by it.
    func appendAnswerFields<Sink: FieldSink & ~Copyable>(to sink: inout Sink) {
        if let value = strictTransportSecurity {
            sink.append(.strictTransportSecurity, value.span)
        }
        sink.append(answers.added)
    }
}

/// The policy that browsers keep to: only https from now on (RFC 6797).
package struct StrictTransportSecurity: Equatable, Sendable {
    /// How long browsers remember it, in whole seconds.
    package var maxAge: Duration
    /// Whether it holds for every name below the host's too.
    package var includesSubdomains = false
    /// Whether browsers may be shipped with it; no header of RFC 6797, but of the lists' makers.
    package var isPreloadable = false

    package init(maxAge: Duration) {
        self.maxAge = maxAge
    }

    /// As the field's value.
    var value: String {
        "max-age=\(maxAge.components.seconds)"
            + (includesSubdomains ? "; includeSubDomains" : "") + (isPreloadable ? "; preload" : "")
    }
}
