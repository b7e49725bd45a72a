// SPDX-License-Identifier: Apache-2.0

/// A response up to its body: status, version, fields, and what they mean.
///
/// Filled in by a parser and reused for the next response of the connection. What the fields mean
/// was computed when they were parsed and does not follow changes made to them.
package struct ResponseHead: Sendable {
    /// From 100 to 599.
    package var status = 200
    package var version = HTTPVersion.http11
    package var fields = Fields()

    /// How the body ends, with the request's method taken into account.
    package internal(set) var framing = BodyFraming.none
    /// Whether the connection can carry another request after the body (RFC 9112 §9.3).
    package internal(set) var keepsAlive = true

    /// The reason phrase, as a part of the arena of `fields`.
    var reasonRange = 0..<0

    package init() {}

    /// 1xx other than 101: the final response is still to come.
    package var isInterim: Bool { Self.isInterim(status) }

    /// The same of a status alone.
    package static func isInterim(_ status: Int) -> Bool { status < 200 && status != 101 }

    /// Lends the reason phrase as it was received; often empty.
    package func withReason<R, E: Error>(_ body: (Span<UInt8>) throws(E) -> R) throws(E) -> R {
        try body(fields.arena.span.extracting(reasonRange))
    }

    /// Forgets the response; memory is kept for the next one when asked for.
    package mutating func removeAll(keepingCapacity: Bool = false) {
        var fields = Fields()
        swap(&fields, &self.fields)
        fields.removeAll(keepingCapacity: keepingCapacity)
        self = ResponseHead()
        swap(&fields, &self.fields)
    }
}
