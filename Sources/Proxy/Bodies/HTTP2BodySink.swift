// SPDX-License-Identifier: Apache-2.0
import HTTP
import Networking

/// Content as DATA frames of an HTTP/2 stream. They leave when the loop has nothing else ready.
struct HTTP2BodySink: BodySink {
    let stream: HTTP2Stream
    /// For each piece.
    let timeout: Duration
    /// What an unfinished message is given up with (RFC 9113 §7).
    let abortCode: HTTP2ErrorCode

    mutating func send(
        _ count: Int, isLast: Bool, from source: inout some BodySource
    ) async throws(TransportError) {
        allow(timeout)
        try await stream.send(count, ends: isLast) { count, take in
            source.withContent(count) { take($0) }
            source.consume(count)
        }
    }

    mutating func sendNow(
        _ count: Int, isLast: Bool, from source: inout some BodySource
    ) throws(TransportError) -> Bool {
        try stream.sendNow(count, ends: isLast) { count, take in
            source.withContent(count) { take($0) }
            source.consume(count)
        }
    }

    mutating func flush() async throws(TransportError) {}
    mutating func flushNow() throws(TransportError) -> Bool { true }

    mutating func end(_ trailers: Fields) async throws(TransportError) {
        guard !trailers.isEmpty else { return stream.end() }
        allow(timeout)
        try await stream.sendHead(ends: true) { $0.append(trailers) }
    }

    func allow(_ duration: Duration) {
        stream.allow(duration)
    }

    func abort() {
        stream.reset(abortCode)
    }
}
