// SPDX-License-Identifier: Apache-2.0
import HTTP
import Networking

/// One exchange's stream on an HTTP/2 connection that many share.
final class HTTP2OriginStream: OriginStream {
    private let stream: HTTP2Stream
    /// Set when the request asks to switch protocols (RFC 8441 §4).
    private let webSocketKey: WebSocketKey?
    var head = ResponseHead()

    init(_ stream: HTTP2Stream, webSocketKey: WebSocketKey?) {
        self.stream = stream
        self.webSocketKey = webSocketKey
    }

    func sendBody(of client: some RequestStream, timeout: Duration) async throws(OriginError) {
        guard let body = client.bufferedBody, body > 0 else { return }
        stream.allow(timeout)
        do {
            var sent = 0
            try await stream.send(body, ends: true) { count, take in
                client.withBufferedBody { take($0.extracting(sent..<sent + count)) }
                sent += count
            }
        } catch {
            guard !error.isTimeout else { throw .timedOut("it does not take the request") }
            throw failure("while the request was sent (\(error))")
        }
    }

    func requestBody(_ framing: BodyFraming, timeout: Duration) -> HTTP2BodySink {
        HTTP2BodySink(stream: stream, timeout: timeout, abortCode: .cancel)
    }

    func receiveHead(answering method: Method, timeout: Duration) async throws(OriginError) {
        stream.allow(timeout)
        do { head = try await stream.receiveAnswer() } catch {
            guard !error.isTimeout else { throw .timedOut("it does not answer") }
            throw failure("before its answer (\(error))")
        }
        if let webSocketKey, (200...299).contains(head.status) { sayItSwitched(webSocketKey) }
    }

    func answerBody(limits: HTTP1Limits, timeout: Duration) -> HTTP2BodySource {
        HTTP2BodySource(stream: stream, timeout: timeout)
    }

    /// The stream is over; its connection is the pool's all along.
    func recycle(to pool: OriginPool) {}

    func close() {
        stream.reset(.cancel)
    }

    /// In the words of HTTP/1.1: RFC 8441 §5, read backwards.
    private func sayItSwitched(_ key: WebSocketKey) {
        head.status = 101
        head.fields.append(.upgrade, "websocket")
        head.fields.append(.secWebSocketAccept, key.accept)
    }

    /// Why there is no answer: what the origin says of it counts.
    private func failure(_ phase: String) -> OriginError {
        guard let fault = stream.fault else { return .closedEarly(phase) }
        guard fault.code != .refusedStream else { return .refused("\(fault)") }
        return .closedEarly("\(phase): \(fault)")
    }
}

extension HTTP2OriginStream: TunnelEnd {
    func tunnelSource(timeout: Duration) -> HTTP2BodySource {
        HTTP2BodySource(stream: stream, timeout: timeout)
    }

    func tunnelSink(timeout: Duration) -> HTTP2BodySink {
        HTTP2BodySink(stream: stream, timeout: timeout, abortCode: .cancel)
    }

    func allow(_ duration: Duration) { stream.allow(duration) }
    func append(_ bytes: [UInt8]) async throws(TransportError) {
        try await stream.send(bytes, ends: false)
    }

    func interruptTunnel() { stream.interruptContent() }
    func endWriting() { stream.end() }
}
