// SPDX-License-Identifier: Apache-2.0
package import FoundationEssentials

/// When the CA would have a certificate renewed (RFC 9773 §4.2).
package struct RenewalInfo: Hashable, Sendable {
    package let start: Date
    package let end: Date
    /// A page for people, when the CA has something to explain.
    package let explanationURL: String?
    /// When to ask again (RFC 9773 §4.3); nil when the CA did not say.
    package let retryAfter: Duration?

    /// Nil when the window is empty or runs backwards: then the answer counts as none.
    package init?(
        start: Date, end: Date, explanationURL: String? = nil, retryAfter: Duration? = nil
    ) {
        guard start < end else { return nil }
        self.start = start
        self.end = end
        self.explanationURL = explanationURL
        self.retryAfter = retryAfter
    }
}

/// The answer's body.
struct RenewalInfoResource: Decodable {
    struct Window: Decodable {
        let start: String
        let end: String
    }

    let suggestedWindow: Window
    let explanationURL: String?

    func info(retryAfter: Duration?) -> RenewalInfo? {
        guard let start = Date(timestamp: suggestedWindow.start),
            let end = Date(timestamp: suggestedWindow.end)
        else { return nil }
        return RenewalInfo(
            start: start, end: end, explanationURL: explanationURL, retryAfter: retryAfter)
    }
}

extension Date {
    /// An RFC 3339 timestamp, with or without fractions of a second.
    init?(timestamp: String) {
        let whole = Date.ISO8601FormatStyle()
        let fractional = Date.ISO8601FormatStyle(includingFractionalSeconds: true)
        guard let date = (try? whole.parse(timestamp)) ?? (try? fractional.parse(timestamp)) else {
            return nil
        }
        self = date
    }
}
