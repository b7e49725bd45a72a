// SPDX-License-Identifier: Apache-2.0
import HTTP
import Networking

/// What heads become on their way through: hop-by-hop fields go (RFC 9110 §7.6.1), what we know of
/// the client is added, what a client says of itself under those names is dropped, unless it is a
/// proxy that we trust, and what the operator wants added or removed is.
///
/// What an origin learns of the way that a request came:
/// - `X-Forwarded-For`: the hops that a trusted peer names, then the peer; of any other peer its
///   address alone. A trusted peer that only sends `Forwarded` is quoted with the client it leads to.
/// - `X-Forwarded-Proto`, `X-Forwarded-Host`, `X-Request-Id`: a trusted peer's, else `https`, Host
///   and 32 digits of our own. `X-Forwarded-Port`, `X-Real-IP`: a trusted peer's, else none.
/// - `Forwarded`: a trusted peer's elements. Where the policy wants it, an element of ours is added:
///   `for` is the peer, or the client when nobody has sent the field before.
/// - `Alt-Svc` of an answer passes, unless a rule removes it; none is ever added.
/// - `CDN-Loop` (RFC 8586): what the client sent; to origins that clients of the management API have
///   set, a pseudonym of ours too, by which we know the request when it comes back.
/// - No `Via`: it would tell the world of software versions.
///
/// One for each request; a class, because it goes from hand to hand.
final class ForwardedFields {
    let visitor: Visitor
    /// Who sent the request, as far back as it is known by trusted proxies.
    let client: IPAddress
    let requestID: InlineArray<32, UInt8>
    /// The moment in the form of RFC 9110 §5.6.7, for answers that come without one.
    let date: [UInt8]
    /// The protocols that the client offers to switch to, once its fields were sent on.
    private(set) var upgrade: String?
    /// What a WebSocket's server is to answer with a proof: the client's, or ours for a client that speaks
    /// HTTP/2.
    private(set) var webSocketKey: WebSocketKey?
    /// Whether the client takes trailers (`TE: trailers`, RFC 9110 §10.1.4).
    private var takesTrailers = false
    /// The peer, and before it what it said of those before it, when it is trusted.
    private var chain: [UInt8]
    /// The value of Forwarded, when the policy wants it.
    private var forwarded: [UInt8]?
    private let policy: FieldPolicy
    private let mark: LoopMark?
    private var isTakenOver = false

    /// What only the last trusted hop may say.
    private static let ours: FieldNameSet = [
        .xForwardedFor, .xForwardedProto, .xForwardedHost, .xForwardedPort, .xRequestID, .xRealIP,
        .forwarded,
    ]

    init(
        visitor: Visitor, client: IPAddress, requestID: InlineArray<32, UInt8>, date: [UInt8],
        policy: FieldPolicy, mark: LoopMark? = nil
    ) {
        self.visitor = visitor
        self.client = client
        self.policy = policy
        self.mark = mark
        self.requestID = requestID
        self.date = date
        chain = visitor.addressText
    }

    /// The ends of the client's connection, as a PROXY header of ours names them. Of a client behind
    /// trusted proxies no port is known.
    var ends: ProxyHeader.Addresses? {
        guard client != visitor.address, let ends = visitor.ends else { return visitor.ends }
        return ProxyHeader.Addresses(
            source: SocketAddress(ip: client, port: 0), destination: ends.destination)
    }

    // MARK: Requests

    /// Appends the fields of a request as they go to an origin that speaks `version`: all but those
    /// that frame an HTTP/1.1 message. May be called again for a second try: what it takes out of
    /// `request` is gone for good.
    ///
    /// HTTP/2 has `:authority` for Host (RFC 9113 §8.3.1), and may say that trailers are welcome,
    /// which gRPC insists on (§8.2.2).
    func appendRequestFields<Sink: FieldSink & ~Copyable>(
        _ request: inout RequestHead, for version: HTTPVersion, to sink: inout Sink
    ) {
        takeOver(&request)
        let chain = chain
        sink.append(.xForwardedFor, chain.span)
        if version < .http2 {
            sink.append(request.fields)
        } else {
            request.fields.withoutFirst(.host) { sink.append($0) }
            if takesTrailers { sink.append(.te, "trailers".utf8.span) }
        }
        if !request.fields.contains(.xForwardedProto) {
            sink.append(.xForwardedProto, "https".utf8.span)
        }
        if !request.fields.contains(.xForwardedHost),
            let host = request.fields.firstIndex(of: .host)
        {
            request.fields.withValue(at: host) { sink.append(.xForwardedHost, $0) }
        }
        if let forwarded { sink.append(.forwarded, forwarded.span) }
        if !request.fields.contains(.xRequestID) {
            let requestID = requestID
            sink.append(.xRequestID, requestID.span)
        }
        if let mark { mark.append(to: &sink) }
        if !policy.requests.isEmpty { sink.append(policy.requests.added) }
    }

    /// Appends the head of a request as it goes to an HTTP/1.1 origin.
    func appendRequestHead(_ request: inout RequestHead, to output: inout ByteBuffer) {
        output.appendRequestLine(of: request)
        appendRequestFields(&request, for: .http11, to: &output)
        if request.framing == .chunked, !request.isExtendedConnect {
            output.append("Transfer-Encoding: chunked\r\n")
        }
        if let upgrade {
            output.append("Connection: Upgrade\r\n")
            output.append(.upgrade, upgrade)
        }
        if let webSocketKey { output.append(.secWebSocketKey, webSocketKey.text) }
        output.appendLineEnd()
    }

    /// Takes out what the origin must not see, once, and keeps what is said in other words.
    private func takeOver(_ request: inout RequestHead) {
        guard !isTakenOver else { return }
        isTakenOver = true
        takeOverUpgrade(&request)
        takesTrailers = request.fields.contains(.trailers, in: .te)
        request.fields.removeHopByHop()
        if visitor.isTrusted {
            chain = Self.chain(of: request.fields, from: client, through: visitor)
            request.fields.removeAll(.xForwardedFor)
        } else {
            request.fields.removeAll(spelledLike: Self.ours)
        }
        if policy.sendsForwarded { takeOverForwarded(&request.fields) }
        if !policy.requests.isEmpty { policy.requests.removeFields(from: &request.fields) }
    }

    /// Joins what a trusted peer has sent and an element of ours.
    private func takeOverForwarded(_ fields: inout Fields) {
        var value = Self.list(.forwarded, in: fields)
        let source = value.isEmpty ? client : visitor.address
        let host = fields.firstIndex(of: .host).map { fields.bytes(at: $0) } ?? []
        ForwardedElement.append(for: source, host: host.span, to: &value)
        fields.removeAll(.forwarded)
        forwarded = value
    }

    /// What a trusted peer has said of those before it, with the peer's address behind.
    private static func chain(
        of fields: Fields, from client: IPAddress, through visitor: Visitor
    ) -> [UInt8] {
        var chain = list(.xForwardedFor, in: fields)
        if chain.isEmpty, client != visitor.address {
            chain = Array("\(client), ".utf8)
        }
        return chain + visitor.addressText
    }

    /// All values of a field, each with a comma behind.
    private static func list(_ name: FieldName, in fields: Fields) -> [UInt8] {
        var list: [UInt8] = []
        var next = fields.firstIndex(of: name)
        while let index = next {
            list += fields.bytes(at: index) + Array(", ".utf8)
            next = fields.firstIndex(of: name, from: index + 1)
        }
        return list
    }

    private func takeOverUpgrade(_ request: inout RequestHead) {
        if request.isExtendedConnect {
            upgrade = request.connectProtocolText
            webSocketKey = .random()
        } else if request.wantsUpgrade {
            upgrade = request.fields.text(of: .upgrade)
            webSocketKey = request.fields.text(of: .secWebSocketKey).map { WebSocketKey($0) }
        }
        request.fields.removeAll(.secWebSocketKey)
    }

    // MARK: Answers

    /// Appends the fields of a final answer as they go to the client: all but those that frame an
    /// HTTP/1.1 message.
    func appendAnswerFields<Sink: FieldSink & ~Copyable>(
        _ answer: inout ResponseHead, to sink: inout Sink
    ) {
        removeHopByHop(from: &answer.fields)
        // RFC 9110 §8.6: an answer that never has content has no length either.
        if answer.status == 204 { answer.fields.removeAll(.contentLength) }
        sink.append(answer.fields)
        // RFC 9110 §6.6.1: whoever forwards an answer without Date adds the time it came.
        if !answer.fields.contains(.date) {
            let date = date
            sink.append(.date, date.span)
        }
        if let value = policy.strictTransportSecurity,
            !answer.fields.contains(.strictTransportSecurity)
        {
            sink.append(.strictTransportSecurity, value.span)
        }
        if !policy.answers.isEmpty { sink.append(policy.answers.added) }
    }

    /// Appends the head of a final answer as it goes to an HTTP/1 client.
    func appendAnswerHead(
        _ answer: inout ResponseHead, inChunks: Bool, closing: Bool, clientVersion: HTTPVersion,
        to output: inout ByteBuffer
    ) {
        output.appendStatusLine(of: answer)
        appendAnswerFields(&answer, to: &output)
        if inChunks { output.append("Transfer-Encoding: chunked\r\n") }
        if closing {
            output.append("Connection: close\r\n")
        } else if clientVersion < .http11 {
            output.append("Connection: keep-alive\r\n")
        }
        output.appendLineEnd()
    }

    /// Appends the fields of a 1xx answer other than 101.
    func appendInterimFields<Sink: FieldSink & ~Copyable>(
        _ answer: inout ResponseHead, to sink: inout Sink
    ) {
        removeHopByHop(from: &answer.fields)
        answer.fields.removeAll(.contentLength)
        sink.append(answer.fields)
    }

    /// Appends a 1xx head other than 101, for an HTTP/1.1 client.
    func appendInterimHead(_ answer: inout ResponseHead, to output: inout ByteBuffer) {
        output.appendStatusLine(of: answer)
        appendInterimFields(&answer, to: &output)
        output.appendLineEnd()
    }

    /// Appends a 101 head: Connection and Upgrade are the point of it.
    func appendSwitchingHead(_ answer: inout ResponseHead, to output: inout ByteBuffer) {
        let upgrade = answer.fields.text(of: .upgrade)
        removeHopByHop(from: &answer.fields)
        answer.fields.append(.connection, "Upgrade")
        if let upgrade { answer.fields.append(.upgrade, upgrade) }
        output.append(answer)
    }

    /// What concerns the origin's connection only, and what the operator does not want to be seen.
    private func removeHopByHop(from fields: inout Fields) {
        fields.removeHopByHop()
        if !policy.answers.isEmpty { policy.answers.removeFields(from: &fields) }
    }
}
