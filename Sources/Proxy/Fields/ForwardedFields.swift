// SPDX-License-Identifier: Apache-2.0
import HTTP
import Networking

/// What heads become on their way through: hop-by-hop fields go (RFC 9110 §7.6.1), what we know of
/// the client is added, and what a client says of itself under those names is dropped, unless it
/// is a proxy that we trust.
struct ForwardedFields {
    let visitor: Visitor
    let requestID: InlineArray<32, UInt8>
    /// The moment in the form of RFC 9110 §5.6.7, for answers that come without one.
    let date: [UInt8]
    /// The protocols that the client offers to switch to, once its head was sent on.
    private var upgrade: String?

    /// What only the last trusted hop may say.
    private static let ours: FieldNameSet = [
        .xForwardedFor, .xForwardedProto, .xForwardedHost, .xForwardedPort, .xRequestID, .xRealIP,
        .forwarded,
    ]

    init(visitor: Visitor, requestID: InlineArray<32, UInt8>, date: [UInt8]) {
        self.visitor = visitor
        self.requestID = requestID
        self.date = date
    }

    /// Appends the head of a request as it goes to the origin. May be called again for a second
    /// try: what it takes out of `request` is gone for good.
    mutating func appendRequestHead(_ request: inout RequestHead, to output: inout ByteBuffer) {
        if request.wantsUpgrade, upgrade == nil { upgrade = request.fields.text(of: .upgrade) }
        request.fields.removeHopByHop()
        if !visitor.isTrusted { request.fields.removeAll(Self.ours) }
        output.appendRequestLine(of: request)
        visitor.appendForwardedFor(&request.fields, to: &output)
        output.append(request.fields)
        if !request.fields.contains(.xForwardedProto) {
            output.append("X-Forwarded-Proto: https\r\n")
        }
        if !request.fields.contains(.xForwardedHost) {
            Self.appendForwardedHost(request.fields, to: &output)
        }
        if !request.fields.contains(.xRequestID) {
            output.append("X-Request-Id: ")
            output.append(requestID.span)
            output.appendLineEnd()
        }
        if request.framing == .chunked { output.append("Transfer-Encoding: chunked\r\n") }
        if let upgrade {
            output.append("Connection: Upgrade\r\n")
            output.append(.upgrade, upgrade)
        }
        output.appendLineEnd()
    }

    /// Appends a 1xx head other than 101.
    func appendInterimHead(_ answer: inout ResponseHead, to output: inout ByteBuffer) {
        answer.fields.removeHopByHop()
        answer.fields.removeAll(.contentLength)
        output.append(answer)
    }

    /// Appends a 101 head: Connection and Upgrade are the point of it.
    func appendSwitchingHead(_ answer: inout ResponseHead, to output: inout ByteBuffer) {
        let upgrade = answer.fields.text(of: .upgrade)
        answer.fields.removeHopByHop()
        answer.fields.append(.connection, "Upgrade")
        if let upgrade { answer.fields.append(.upgrade, upgrade) }
        output.append(answer)
    }

    /// Appends the head of a final answer as it goes to the client.
    func appendAnswerHead(
        _ answer: inout ResponseHead, inChunks: Bool, closing: Bool, clientVersion: HTTPVersion,
        to output: inout ByteBuffer
    ) {
        answer.fields.removeHopByHop()
        // RFC 9110 §8.6: an answer that never has content has no length either.
        if answer.status == 204 { answer.fields.removeAll(.contentLength) }
        output.appendStatusLine(of: answer)
        output.append(answer.fields)
        // RFC 9110 §6.6.1: whoever forwards an answer without Date adds the time it came.
        if !answer.fields.contains(.date) { output.append(.date, date.span) }
        if inChunks { output.append("Transfer-Encoding: chunked\r\n") }
        if closing {
            output.append("Connection: close\r\n")
        } else if clientVersion < .http11 {
            output.append("Connection: keep-alive\r\n")
        }
        output.appendLineEnd()
    }

    private static func appendForwardedHost(_ fields: Fields, to output: inout ByteBuffer) {
        guard let index = fields.firstIndex(of: .host) else { return }
        output.append("X-Forwarded-Host: ")
        fields.withValue(at: index) { output.append($0) }
        output.appendLineEnd()
    }
}

extension Visitor {
    /// One field with the peer's address behind whatever a trusted peer has said.
    fileprivate func appendForwardedFor(_ fields: inout Fields, to output: inout ByteBuffer) {
        output.append("X-Forwarded-For: ")
        var next = fields.firstIndex(of: .xForwardedFor)
        while let index = next {
            fields.withValue(at: index) { output.append($0) }
            output.append(", ")
            next = fields.firstIndex(of: .xForwardedFor, from: index + 1)
        }
        fields.removeAll(.xForwardedFor)
        output.append(addressText)
        output.appendLineEnd()
    }
}
