// SPDX-License-Identifier: Apache-2.0
package import HTTP

/// Where an origin is and what it speaks: `http`, `https`, or `h2c`, which is HTTP/2 in the clear
/// from the first byte (RFC 9113 §3.3).
package struct OriginURL: Hashable, Sendable, CustomStringConvertible {
    /// The same place as `http` or `https`, without a path.
    package let url: HTTPURL
    /// Whether HTTP/2 is spoken without being asked for.
    package let isPriorKnowledge: Bool

    /// Reads a URL that has neither path nor query.
    package init?(_ text: String) {
        let isPriorKnowledge =
            text.prefix(Self.priorKnowledge.count).lowercased()
            == Self.priorKnowledge
        let rest = isPriorKnowledge ? "http://" + text.dropFirst(Self.priorKnowledge.count) : text
        guard let url = HTTPURL(rest), url.target == "/" else { return nil }
        self.url = url
        self.isPriorKnowledge = isPriorKnowledge
    }

    package var description: String {
        isPriorKnowledge ? "\(Self.priorKnowledge)\(url.authority)/" : url.text
    }

    private static let priorKnowledge = "h2c://"
}
