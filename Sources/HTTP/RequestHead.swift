// SPDX-License-Identifier: Apache-2.0

/// A request up to its body: method, target, version, fields, and what they mean.
///
/// Filled in by a parser and reused for the next request of the connection. What the fields
/// mean (`framing`, `host`, …) was computed when they were parsed and does not follow changes
/// that a proxy makes to them.
package struct RequestHead: Sendable {
    /// Which of the four forms the target has (RFC 9112 §3.2).
    package enum TargetForm: Sendable {
        case origin, absolute, authority, asterisk
    }

    package var method = Method.other
    package var version = HTTPVersion.http11
    package var fields = Fields()
    package internal(set) var targetForm = TargetForm.origin

    /// How the body ends: `none`, `length` or `chunked`.
    package internal(set) var framing = BodyFraming.none
    /// Whether the client lets the connection go on after the response (RFC 9112 §9.3).
    package internal(set) var keepsAlive = true
    /// Whether the client waits for 100 before it sends the body (RFC 9110 §10.1.1).
    package internal(set) var expects100Continue = false
    /// Whether the client offers to switch protocols: Upgrade, named by Connection.
    package internal(set) var wantsUpgrade = false
    /// The port of the authority when it has one.
    package internal(set) var port: UInt16?

    /// How soon the client wants the answer (RFC 9218 §4.1): 0 first, 7 last. HTTP/2 only.
    package internal(set) var urgency = Urgency.usual

    /// What extended CONNECT asks for, as a part of the arena (RFC 8441 §4). HTTP/2 only.
    package internal(set) var connectProtocol: Range<Int>?

    /// Parts of the arena of `fields`.
    var methodRange = 0..<0
    var targetRange = 0..<0
    /// Path and query: what goes to an origin. Empty when an absolute target has neither.
    var pathRange = 0..<0
    /// The host without port, brackets kept. Empty when an HTTP/1.0 request has none.
    var hostRange = 0..<0

    package init() {}

    /// What a proxy asks again and again. A head that is a property of a class is copied for each question
    /// from another module; this is a few bytes.
    package struct Traits: Sendable {
        package let method: Method
        package let version: HTTPVersion
        package let framing: BodyFraming
        /// Whether the client asks to switch protocols, in the words of either version.
        package let asksToSwitch: Bool
        /// Whether it does so by extended CONNECT (RFC 8441 §4).
        package let isExtendedConnect: Bool
    }

    package var traits: Traits {
        @inline(__always) get {
            Traits(
                method: method, version: version, framing: framing,
                asksToSwitch: wantsUpgrade || connectProtocol != nil,
                isExtendedConnect: connectProtocol != nil)
        }
    }

    /// Lends the host that the request is for, from target or Host: a name of letters, digits,
    /// `-`, `.`, `_` and `~` as it was spelled, or an IPv6 address in brackets. Empty when an
    /// HTTP/1.0 request names none.
    package func withHost<R, E: Error>(_ body: (Span<UInt8>) throws(E) -> R) throws(E) -> R {
        try body(fields.arena.span.extracting(hostRange))
    }

    /// The method as text. Makes a `String` for methods that are not in `Method`.
    package var methodText: String {
        method == .other ? String(decoding: fields.arena[methodRange], as: UTF8.self) : method.text
    }

    /// The target as text, for logs.
    package var targetText: String { String(decoding: fields.arena[targetRange], as: UTF8.self) }

    /// Path and query as text.
    package var pathText: String { String(decoding: fields.arena[pathRange], as: UTF8.self) }

    /// The protocol that extended CONNECT asks for, as it was spelled; nil for other requests.
    package var connectProtocolText: String? {
        connectProtocol.map { String(decoding: fields.arena[$0], as: UTF8.self) }
    }

    /// The host as text.
    package var hostText: String { String(decoding: fields.arena[hostRange], as: UTF8.self) }

    /// Forgets the request; memory is kept for the next one when asked for.
    package mutating func removeAll(keepingCapacity: Bool = false) {
        var fields = Fields()
        swap(&fields, &self.fields)
        fields.removeAll(keepingCapacity: keepingCapacity)
        self = RequestHead()
        swap(&fields, &self.fields)
    }
}
