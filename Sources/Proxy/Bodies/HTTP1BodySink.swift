// SPDX-License-Identifier: Apache-2.0
import HTTP
import Networking

/// The body of an HTTP/1.1 message, into what its connection writes: as it is, or in chunks of our own,
/// the source's chunk extensions dropped (RFC 9112 §7.1.1).
struct HTTP1BodySink: BodySink {
    let channel: Channel
    let inChunks: Bool
    /// For each piece.
    let timeout: Duration

    /// A piece up to this size is copied behind what waits in `output` (a head, most often), to leave
    /// with it in one record and one system call; a larger one is written from where it is.
    private static let copyLimit = 16 * 1024
    /// What may gather in `output` before it is written, though more input is at hand.
    private static let gatherLimit = 64 * 1024

    mutating func send(
        _ count: Int, isLast: Bool, from source: inout some BodySource
    ) async throws(TransportError) {
        if channel.output.readableCount >= Self.gatherLimit { try await flush() }
        if try sendNow(count, isLast: isLast, from: &source) { return }
        try await write(count, from: &source)
    }

    /// Anything but a long piece, while there is room behind what waits.
    mutating func sendNow(
        _ count: Int, isLast: Bool, from source: inout some BodySource
    ) throws(TransportError) -> Bool {
        guard inChunks || count <= Self.copyLimit,
            channel.output.readableCount < Self.gatherLimit
        else { return false }
        channel.borrowOutput()
        if inChunks {
            source.withContent(count) { channel.output.append(chunk: $0) }
            if isLast { channel.output.append(lastChunkWith: Fields()) }
        } else {
            source.withContent(count) { channel.output.append($0) }
        }
        source.consume(count)
        return true
    }

    mutating func flush() async throws(TransportError) {
        guard !channel.output.isEmpty else { return }
        allow(timeout)
        try await channel.flush()
    }

    mutating func flushNow() throws(TransportError) -> Bool {
        try channel.flushNow()
    }

    mutating func end(_ trailers: Fields) async throws(TransportError) {
        if inChunks { channel.output.append(lastChunkWith: trailers) }
        if try !flushNow() { try await flush() }
    }

    func allow(_ duration: Duration) {
        channel.allow(duration)
    }

    func abort() {
        channel.transport.abort()
    }

    private mutating func write(
        _ count: Int, from source: inout some BodySource
    ) async throws(TransportError) {
        try await flush()
        allow(timeout)
        var remaining = count
        while remaining > 0 {
            let written = try source.withContent(remaining) { (bytes) throws(TransportError) in
                try channel.transport.writeNow(bytes)
            }
            if written == 0 {
                try await channel.transport.waitWritable()
            } else {
                source.consume(written)
                remaining -= written
            }
        }
    }
}
