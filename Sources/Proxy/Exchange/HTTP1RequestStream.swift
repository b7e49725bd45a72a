// SPDX-License-Identifier: Apache-2.0
import HTTP
import Networking

/// A body up to this size is sent along with the head, and again when it has to be.
let replayLimit = 64 * 1024

extension ServerConnection: RequestStream {
    var bufferedBody: Int? {
        switch traits.framing {
        case .none: 0
        case .length(let length):
            length <= UInt64(replayLimit) && length <= UInt64(channel.input.readableCount)
                ? Int(length) : nil
        case .chunked, .untilClose: nil
        }
    }

    func withBufferedBody(_ body: (Span<UInt8>) -> Void) {
        guard let count = bufferedBody, count > 0 else { return }
        channel.input.withReadable { body($0.extracting(first: count)) }
    }

    func consumeBufferedBody() {
        guard let count = bufferedBody, count > 0 else { return }
        channel.input.consume(count)
        channel.returnInput()
    }

    func requestBody(limits: HTTP1Limits) -> HTTP1BodySource {
        HTTP1BodySource(channel, traits.framing, limits: limits, timeout: timeouts.body)
    }

    func interruptBody() {
        channel.transport.socket.interruptRead()
    }

    /// Nobody reads while the origin is waited for: that the client has left shows when it is written to.
    var onAbandon: (() -> Void)? {
        get { nil }
        set {}
    }

    var isGone: Bool { !channel.transport.socket.isOpen }

    func respond(_ answer: OwnAnswer) async throws(ServerError) {
        // The rest of the request is not waited for.
        if traits.framing != .none { closesAfterResponse = true }
        try await respond(answer.status, body: answer.body) { answer.appendFields(to: &$0) }
    }

    func sendInterim(
        _ answer: inout ResponseHead, _ forwarding: ForwardedFields, timeout: Duration
    ) async throws(TransportError) {
        // RFC 9110 §15.2: an HTTP/1.0 client does not know them.
        guard traits.version >= .http11 else { return }
        channel.borrowOutput()
        forwarding.appendInterimHead(&answer, to: &channel.output)
        channel.allow(timeout)
        try await channel.flush()
    }

    func sendHead(
        _ answer: inout ResponseHead, _ forwarding: ForwardedFields, timeout: Duration
    ) async throws(TransportError) -> HTTP1BodySink? {
        // RFC 9112 §7.1: an HTTP/1.0 client does not know chunks; the end of the connection is the
        // end of the body then.
        let isOpenEnded = answer.framing == .chunked || answer.framing == .untilClose
        let inChunks = isOpenEnded && traits.version >= .http11
        if isOpenEnded, !inChunks { closesAfterResponse = true }
        channel.borrowOutput()
        forwarding.appendAnswerHead(
            &answer, inChunks: inChunks, closing: closesAfterResponse,
            clientVersion: traits.version, to: &channel.output)
        let body = HTTP1BodySink(channel: channel, inChunks: inChunks, timeout: timeout)
        guard answer.framing == .none else { return body }
        channel.allow(timeout)
        try await channel.flush()
        return nil
    }

    func sendSwitching(
        _ answer: inout ResponseHead, _ forwarding: ForwardedFields, timeout: Duration
    ) async throws(TransportError) {
        channel.borrowOutput()
        forwarding.appendSwitchingHead(&answer, to: &channel.output)
        channel.allow(timeout)
        try await channel.flush()
    }

    func tunnelBegins(drain: @escaping () -> Void) {
        onTunnel?(drain)
    }

    func endEarly() {
        closesAfterResponse = true
    }

    func abort() {
        channel.transport.abort()
    }
}

extension ServerConnection: HTTP1TunnelEnd {
    func close() { channel.close() }
}
