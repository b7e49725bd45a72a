// SPDX-License-Identifier: Apache-2.0
import HTTP
import Networking

extension HTTP2Stream: RequestStream {
    var bufferedBody: Int? {
        // What follows a switch of protocols is no body.
        let traits = traits
        if traits.isExtendedConnect || traits.framing == .none { return 0 }
        guard hasEnded, contentCount <= replayLimit, trailers.isEmpty else { return nil }
        return contentCount
    }

    func withBufferedBody(_ body: (Span<UInt8>) -> Void) {
        guard !request.isExtendedConnect, let count = bufferedBody else { return }
        withContent(count) { body($0) }
    }

    func consumeBufferedBody() {
        guard let count = bufferedBody, count > 0 else { return }
        consumeContent(count)
    }

    func requestBody(limits: HTTP1Limits) -> HTTP2BodySource {
        HTTP2BodySource(stream: self, timeout: endpoint.timeouts.body)
    }

    func interruptBody() {
        interruptContent()
    }

    var isGone: Bool { failure != nil }

    func respond(_ answer: OwnAnswer) async throws(ServerError) {
        let body = traits.method == .head ? [] : answer.body
        allow(endpoint.timeouts.body)
        do {
            try await sendHead(ends: body.isEmpty) { encoder in
                encoder.append(status: answer.status)
                var digits = ByteBuffer()
                digits.append(decimal: UInt64(answer.body.count))
                digits.withReadable { encoder.append(.contentLength, $0) }
                answer.appendFields(to: &encoder)
            }
            guard !body.isEmpty else { return }
            try await send(body, ends: true)
        } catch { throw .transport(error) }
    }

    func sendInterim(
        _ answer: inout ResponseHead, _ forwarding: ForwardedFields, timeout: Duration
    ) async throws(TransportError) {
        allow(timeout)
        try await sendHead(ends: false) { encoder in
            encoder.append(status: answer.status)
            forwarding.appendInterimFields(&answer, to: &encoder)
        }
    }

    func sendHead(
        _ answer: inout ResponseHead, _ forwarding: ForwardedFields, timeout: Duration
    ) async throws(TransportError) -> HTTP2BodySink? {
        let ends = answer.framing == .none
        let head = { (answer: inout ResponseHead, encoder: inout HPACKEncoder) in
            encoder.append(status: answer.status)
            forwarding.appendAnswerFields(&answer, to: &encoder)
        }
        if try !sendHeadNow(ends: ends, { head(&answer, &$0) }) {
            allow(timeout)
            try await sendHead(ends: ends) { head(&answer, &$0) }
        }
        guard !ends else { return nil }
        return HTTP2BodySink(stream: self, timeout: timeout, abortCode: .internalError)
    }

    /// RFC 8441 §5: the tunnel is there with a 200, and nothing is said of an upgrade.
    func sendSwitching(
        _ answer: inout ResponseHead, _ forwarding: ForwardedFields, timeout: Duration
    ) async throws(TransportError) {
        answer.fields.removeAll([.upgrade, .secWebSocketAccept])
        allow(timeout)
        try await sendHead(ends: false) { encoder in
            encoder.append(status: 200)
            forwarding.appendAnswerFields(&answer, to: &encoder)
        }
    }

    /// GOAWAY says it for all streams.
    func tunnelBegins(drain: @escaping () -> Void) {}

    /// The others of the connection go on: whoever serves the stream drops the rest.
    func endEarly() {}

    func abort() {
        reset(.internalError)
    }
}

extension HTTP2Stream: TunnelEnd {
    func tunnelSource(timeout: Duration) -> HTTP2BodySource {
        HTTP2BodySource(stream: self, timeout: timeout)
    }

    func tunnelSink(timeout: Duration) -> HTTP2BodySink {
        HTTP2BodySink(stream: self, timeout: timeout, abortCode: .cancel)
    }

    func append(_ bytes: [UInt8]) async throws(TransportError) {
        try await send(bytes, ends: false)
    }

    func interruptTunnel() { interruptContent() }

    func endWriting() {
        end()
    }

    func close() {
        reset(.cancel)
    }
}
