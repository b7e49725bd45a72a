// SPDX-License-Identifier: Apache-2.0
import Networking

extension RequestHead {
    /// Whether it asks for a tunnel that speaks a protocol of its own (RFC 8441 §4).
    package var isExtendedConnect: Bool { connectProtocol != nil }

    /// Whether it opens a WebSocket, in the words of either version (RFC 6455 §4.1, RFC 8441 §5).
    package var asksForWebSocket: Bool {
        if let connectProtocol {
            return StaticToken(fields.arena.span, connectProtocol) == .websocket
        }
        return wantsUpgrade && method == .get && fields.contains(.websocket, in: .upgrade)
    }
}

extension HPACKEncoder {
    /// Appends the pseudo-header fields of a request that goes to an origin (RFC 9113 §8.3.1); with a
    /// protocol it is an extended CONNECT (RFC 8441 §4).
    package mutating func append(
        pseudoFieldsOf head: RequestHead, scheme: StaticString, protocolName: StaticString?
    ) {
        let bytes = head.fields.arena.span
        let host = head.fields.firstIndex(of: .host).map { head.fields.entries[$0].valueRange }
        let authority = bytes.extracting(host ?? 0..<0)
        // RFC 9113 §8.3.1: asking a server as a whole, or for its root.
        let noPath: StaticString = head.method == .options ? "*" : "/"
        let path =
            head.pathRange.isEmpty
            ? Array("\(noPath)".utf8) : Array(head.fields.arena[head.pathRange])
        if let protocolName {
            append(
                method: "CONNECT".utf8.span, scheme: "\(scheme)".utf8.span, authority: authority,
                path: path.span)
            append(protocolName: "\(protocolName)".utf8.span)
        } else {
            append(
                method: bytes.extracting(head.methodRange), scheme: "\(scheme)".utf8.span,
                authority: authority, path: path.span)
        }
    }
}
