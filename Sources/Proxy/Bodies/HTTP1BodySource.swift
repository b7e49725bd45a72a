// SPDX-License-Identifier: Apache-2.0
import HTTP
import Networking

/// The body of an HTTP/1.1 message, out of what its connection reads.
struct HTTP1BodySource: BodySource {
    private let channel: Channel
    private var decoder: BodyDecoder
    /// For each piece.
    private let timeout: Duration
    /// Whether an end without close_notify cuts the body short: nobody can tell a whole body from the
    /// first half of one then.
    private let needsCleanEnd: Bool

    init(
        _ channel: Channel, _ framing: BodyFraming, limits: HTTP1Limits, timeout: Duration,
        needsCleanEnd: Bool = true
    ) {
        self.channel = channel
        decoder = BodyDecoder(framing, limits: limits)
        self.timeout = timeout
        self.needsCleanEnd = needsCleanEnd
    }

    /// What is known to be shorter than this is read by the block.
    private static let longBody = UInt64(16 * 1024)

    var trailers: Fields { decoder.trailers }

    mutating func piece() throws(BodyError) -> BodyPiece {
        while !decoder.isComplete {
            switch try decode() {
            case .content(let range):
                channel.input.consume(range.lowerBound)
                return .content(range.count, isLast: decoder.isComplete)
            case .needMore(let consumed):
                channel.input.consume(consumed)
                return .wait
            case .end(let consumed):
                channel.input.consume(consumed)
            }
        }
        return .end
    }

    mutating func receive() async throws(BodyError) {
        channel.allow(timeout)
        do {
            if try await fill() > 0 { return }
        } catch { throw .source("\(error)") }
        do { try decoder.receivedEnd() } catch { throw .source("\(error)") }
        guard channel.transport.endedCleanly || !needsCleanEnd else {
            throw .source("it ended without close_notify")
        }
    }

    func withContent<R, E: Error>(
        _ count: Int, _ body: (Span<UInt8>) throws(E) -> R
    ) throws(E) -> R {
        try channel.input.withReadable { (bytes) throws(E) in
            try body(bytes.extracting(first: count))
        }
    }

    mutating func consume(_ count: Int) {
        channel.input.consume(count)
    }

    func finish() {
        channel.returnInput()
    }

    private mutating func decode() throws(BodyError) -> BodyPart {
        do {
            return try channel.input.withReadable { (bytes) throws(HTTP1Error) in
                try decoder.decode(bytes)
            }
        } catch { throw .malformed(error) }
    }

    private func fill() async throws(TransportError) -> Int {
        if let remaining = decoder.contentRemaining, remaining <= Self.longBody {
            return try await channel.fill()
        }
        return try await channel.fillForBody()
    }
}
