// SPDX-License-Identifier: Apache-2.0
import HTTP
import Networking

/// Which end of a body's way failed: what becomes of the other end depends on it.
enum BodyError: Error {
    case source(String)
    case sink(TransportError)
    /// The source sent something that is no body.
    case malformed(HTTP1Error)
}

/// Carries one body from a channel to another, piece by piece: never more than one read ahead, so
/// that a slow reader slows the writer and fills no memory of ours.
struct BodyPump {
    let source: Channel
    let sink: Channel
    /// For each piece, on either side.
    let timeout: Duration
    let limits: HTTP1Limits

    /// A piece up to this size is copied behind what waits in `sink.output` (a head, most often), to
    /// leave with it in one record and one system call; a larger one is written from where it is.
    private static let copyLimit = 16 * 1024
    /// What may gather in `sink.output` before it is written, though more input is at hand.
    private static let gatherLimit = 64 * 1024

    /// Carries a body to its end, and flushes. In chunks of our own when asked for, the source's
    /// chunk extensions dropped (RFC 9112 §7.1.1), else its content as it is.
    func carry(_ framing: BodyFraming, inChunks: Bool) async throws(BodyError) {
        var decoder = BodyDecoder(framing, limits: limits)
        var turns = Turns()
        defer { source.returnInput() }
        while !decoder.isComplete {
            switch try decode(&decoder) {
            case .content(let range):
                source.input.consume(range.lowerBound)
                if inChunks {
                    try await forwardChunk(range.count)
                } else {
                    try await forward(range.count)
                }
                if turns.isOver(after: range.count) { await Task.yield() }
            case .needMore(let consumed):
                source.input.consume(consumed)
                try await readMore(&decoder)
            case .end(let consumed):
                source.input.consume(consumed)
            }
        }
        if inChunks { sink.output.append(lastChunkWith: decoder.trailers) }
        try await flush()
    }

    private func decode(_ decoder: inout BodyDecoder) throws(BodyError) -> BodyPart {
        do {
            return try source.input.withReadable { (bytes) throws(HTTP1Error) in
                try decoder.decode(bytes)
            }
        } catch { throw .malformed(error) }
    }

    /// Moves the first `count` bytes of the source's input on.
    private func forward(_ count: Int) async throws(BodyError) {
        if count <= Self.copyLimit {
            sink.borrowOutput()
            source.input.withReadable { sink.output.append($0.extracting(first: count)) }
            source.input.consume(count)
            if sink.output.readableCount >= Self.gatherLimit { try await flush() }
        } else {
            try await flush()
            sink.allow(timeout)
            do { try await source.forwardInput(count, to: sink) } catch { throw .sink(error) }
        }
    }

    private func forwardChunk(_ count: Int) async throws(BodyError) {
        sink.borrowOutput()
        source.input.withReadable { sink.output.append(chunk: $0.extracting(first: count)) }
        source.input.consume(count)
        if sink.output.readableCount >= Self.gatherLimit { try await flush() }
    }

    private func flush() async throws(BodyError) {
        guard !sink.output.isEmpty else { return }
        sink.allow(timeout)
        do { try await sink.flush() } catch { throw .sink(error) }
    }

    /// What may be long is read by the block.
    private func fill(_ decoder: BodyDecoder) async throws(TransportError) -> Int {
        if let remaining = decoder.contentRemaining, remaining <= UInt64(Self.copyLimit) {
            return try await source.fill()
        }
        return try await source.fillForBody()
    }

    /// Waits for more; what is ready to go goes first, so that an event is not held back until the
    /// next one.
    private func readMore(_ decoder: inout BodyDecoder) async throws(BodyError) {
        try await flush()
        source.allow(timeout)
        do {
            if try await fill(decoder) > 0 { return }
        } catch { throw .source("\(error)") }
        do { try decoder.receivedEnd() } catch { throw .source("\(error)") }
        // Without a close_notify nobody can tell a whole body from the first half of one.
        guard source.transport.endedCleanly else { throw .source("it ended without close_notify") }
    }
}
