// SPDX-License-Identifier: Apache-2.0
import Networking

// What a stream sends goes into the connection's output, and leaves when the loop's ready work is done.
extension HTTP2Stream {
    /// As a server: sends the head of an answer; as either, trailers, which end the stream.
    ///
    /// Waits while the peer takes nothing: heads count too.
    package func sendHead(
        ends: Bool, _ head: (inout HPACKEncoder) -> Void
    ) async throws(TransportError) {
        while try !sendHeadNow(ends: ends, head) { try await waitForTurn() }
    }

    /// Sends content that `lend` lends piece by piece: it is given how many of the bytes that are left
    /// go now, hands them to the function it is given, and lets go of them.
    ///
    /// Waits for the windows that the peer keeps, and for its turn among the streams.
    package func send(
        _ count: Int, ends: Bool, _ lend: (Int, (Span<UInt8>) -> Void) -> Void
    ) async throws(TransportError) {
        var remaining = count
        while true {
            if let failure { throw failure }
            let room = endpoint.room(for: self)
            switch room {
            case .bytes(let allowed):
                let now = min(allowed, remaining)
                lend(now) { endpoint.sendData(self, $0, ends: ends && now == remaining) }
                remaining -= now
                guard remaining > 0 else { return }
                // The others first, after a frame's worth.
                if !endpoint.turns.isEmpty { try await waitForTurn() }
            case .noWindow: try await waitForWindow()
            case .noTurn: try await waitForTurn()
            }
        }
    }

    /// Sends all of it, if nobody has to be waited for; else nothing.
    package func sendNow(
        _ count: Int, ends: Bool, _ lend: (Int, (Span<UInt8>) -> Void) -> Void
    ) throws(TransportError) -> Bool {
        if let failure { throw failure }
        guard endpoint.turns.isEmpty, case .bytes(let room) = endpoint.room(for: self),
            count <= room
        else { return false }
        lend(count) { endpoint.sendData(self, $0, ends: ends) }
        return true
    }

    /// The same with a head.
    package func sendHeadNow(
        ends: Bool, _ head: (inout HPACKEncoder) -> Void
    ) throws(TransportError) -> Bool {
        if let failure { throw failure }
        guard endpoint.hasRoom else { return false }
        endpoint.sendHead(self, ends: ends, head)
        return true
    }

    /// Sends bytes of our own.
    package func send(_ bytes: [UInt8], ends: Bool) async throws(TransportError) {
        var sent = 0
        try await send(bytes.count, ends: ends) { count, take in
            take(bytes.span.extracting(sent..<sent + count))
            sent += count
        }
    }

    /// Ends our side without more content.
    package func end() {
        guard failure == nil else { return }
        endpoint.sendData(self, Span(), ends: true)
    }

    /// Gives the stream up (RFC 9113 §5.4.2).
    package func reset(_ code: HTTP2ErrorCode) {
        endpoint.reset(self, code)
        fail(.stream(.closed))
    }
}

/// What a stream may send now.
enum SendRoom {
    case bytes(Int)
    /// The peer has to open the stream's window first.
    case noWindow
    /// The connection's window is closed or its output full: it is the others' turn.
    case noTurn
}

extension HTTP2Endpoint {
    /// A stream's share before the next one's turn.
    private static let share = 16 * 1024

    func room(for stream: HTTP2Stream) -> SendRoom {
        if !hasRoom { flush() }
        guard hasRoom, machine.connectionSendable > 0 else { return .noTurn }
        let allowed = machine.sendable(stream.id)
        guard allowed > 0 else { return .noWindow }
        // Whole frames and records: what is left over would be a record and a system call of its own.
        let records =
            (Self.outputLimit - channel.output.readableCount) / HTTP2Settings.frameBytesLeast
        let room = max(1, records) * HTTP2Machine.contentInFrame
        return .bytes(min(allowed, turns.isEmpty ? room : min(room, Self.share)))
    }

    func sendHead(_ stream: HTTP2Stream, ends: Bool, _ head: (inout HPACKEncoder) -> Void) {
        channel.borrowOutput()
        machine.sendHead(stream.id, ends: ends, output: &channel.output, head)
        sent(stream, ends: ends)
    }

    func sendData(_ stream: HTTP2Stream, _ bytes: Span<UInt8>, ends: Bool) {
        channel.borrowOutput(for: bytes.count)
        machine.sendData(stream.id, bytes, ends: ends, output: &channel.output)
        sent(stream, ends: ends)
    }

    func reset(_ stream: HTTP2Stream, _ code: HTTP2ErrorCode) {
        guard machine.isOpen(stream.id) else { return settle(stream.id) }
        channel.borrowOutput()
        machine.reset(stream.id, code, output: &channel.output)
        sent(stream, ends: true)
    }

    func consumed(_ count: Int, of stream: HTTP2StreamID) {
        guard failure == nil else { return }
        channel.borrowOutput()
        machine.consumed(count, of: stream, output: &channel.output)
        scheduleFlush()
    }

    /// As a client: whether another stream may be opened now.
    package var mayOpen: Bool { isUsable && machine.mayOpen }

    /// As a client: whether the peer takes an extended CONNECT (RFC 8441 §3).
    package var peerAllowsExtendedConnect: Bool { machine.peerAllowsExtendedConnect }

    /// As a client: opens a stream with a request; nil when this connection takes no more.
    package func open(
        ends: Bool, method: Method, _ head: (inout HPACKEncoder) -> Void
    ) -> HTTP2Stream? {
        begin()
        guard mayOpen else { return nil }
        channel.borrowOutput()
        guard
            let id = machine.open(
                ends: ends, method: method, output: &channel.output, head)
        else { return nil }
        let stream = HTTP2Stream(id, on: self)
        open(stream)
        scheduleFlush()
        return stream
    }

    private func sent(_ stream: HTTP2Stream, ends: Bool) {
        stream.useTurn()
        if ends { settle(stream.id) }
        scheduleFlush()
        passTurn()
    }
}
