// SPDX-License-Identifier: Apache-2.0
import HTTP
import Networking

/// The content of an HTTP/2 stream as it arrives. What is not taken keeps the peer's window closed.
struct HTTP2BodySource: BodySource {
    let stream: HTTP2Stream
    /// For each piece.
    let timeout: Duration

    var trailers: Fields { stream.trailers }

    mutating func piece() throws(BodyError) -> BodyPiece {
        let count = stream.contentCount
        // What came before a reset is not the whole either, so it goes nowhere.
        if let failure = stream.failure, !stream.hasEnded { throw .source("\(failure)") }
        guard count == 0 else {
            return .content(count, isLast: stream.hasEnded && stream.trailers.isEmpty)
        }
        return stream.hasEnded ? .end : .wait
    }

    mutating func receive() async throws(BodyError) {
        stream.allow(timeout)
        do { try await stream.waitForContent() } catch { throw .source("\(error)") }
    }

    func withContent<R, E: Error>(
        _ count: Int, _ body: (Span<UInt8>) throws(E) -> R
    ) throws(E) -> R {
        try stream.withContent(count, body)
    }

    mutating func consume(_ count: Int) {
        stream.consumeContent(count)
    }

    func finish() {}
}
