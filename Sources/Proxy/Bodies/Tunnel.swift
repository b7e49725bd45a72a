// SPDX-License-Identifier: Apache-2.0
import HTTP
import Networking

/// Bytes both ways between a client and an origin that have switched protocols (RFC 9110 §7.8).
///
/// When the edge is to end, a WebSocket's client is told so between two of its frames, in the words of its
/// protocol, and has the drain's time to close in good order.
final class Tunnel<Client: TunnelEnd, Origin: TunnelEnd> {
    private let client: Client
    private let origin: Origin
    /// How long neither side may say anything.
    private let idleTimeout: Duration
    private var frames = WebSocketFrames()
    private var isDraining = false

    /// Close, "going away" (RFC 6455 §5.5.1, §7.4.1): a server's frame has no mask.
    private static var goingAway: [UInt8] { [0x88, 0x02, 0x03, 0xe9] }

    init(client: Client, origin: Origin, idleTimeout: Duration) {
        self.client = client
        self.origin = origin
        self.idleTimeout = idleTimeout
    }

    /// Asks a WebSocket's client to close.
    func drain() {
        isDraining = true
        origin.interruptTunnel()
    }

    /// Runs until both directions have ended, or one has failed, or nothing moved for too long.
    func run(on loop: EventLoop) async {
        let bound = LoopBound(self, on: loop)
        let upload = loop.spawn {
            let tunnel = bound.value
            await tunnel.ending { try await tunnel.carryUp() }
        }
        await ending { try await carryDown() }
        await upload.value
    }

    /// A failure of one direction ends the other too.
    private func ending(_ direction: () async throws -> Void) async {
        do { try await direction() } catch {
            client.close()
            origin.close()
        }
    }

    /// An end is passed on as an end.
    private func carryUp() async throws {
        var pump = TunnelPump(
            source: client.tunnelSource(timeout: idleTimeout),
            sink: origin.tunnelSink(timeout: idleTimeout))
        while let count = try await pump.next(touching: touch) { try await pump.send(count) }
        origin.endWriting()
    }

    private func carryDown() async throws {
        var pump = TunnelPump(
            source: origin.tunnelSource(timeout: idleTimeout),
            sink: client.tunnelSink(timeout: idleTimeout))
        while !(isDraining && frames.isBetween) {
            let count: Int?
            do { count = try await pump.next(touching: touch) } catch {
                guard isDraining, !hasBeenInterrupted else { throw error }
                hasBeenInterrupted = true
                continue
            }
            guard let count else { return client.endWriting() }
            let passing =
                isDraining ? pump.source.withContent(count) { frames.rest(in: $0) } : count
            pump.source.withContent(passing) { frames.pass($0) }
            try await pump.send(passing)
            pump.source.consume(count - passing)
        }
        try await client.append(Self.goingAway)
        // RFC 6455 §5.5.1: nothing may follow it. The client's own Close goes up, and the origin ends.
        while let count = try await pump.next(touching: touch) { pump.source.consume(count) }
        client.endWriting()
    }

    private var hasBeenInterrupted = false

    /// Silence in one direction is no reason to end while the other one moves.
    private func touch() {
        client.allow(idleTimeout)
        origin.allow(idleTimeout)
    }
}

/// One direction of a tunnel.
private struct TunnelPump<Source: BodySource, Sink: BodySink> {
    var source: Source
    var sink: Sink
    private var turns = Turns()

    init(source: Source, sink: Sink) {
        self.source = source
        self.sink = sink
    }

    /// Waits for bytes; nil at their end.
    mutating func next(touching touch: () -> Void) async throws -> Int? {
        while true {
            touch()
            switch try source.piece() {
            case .content(let count, _): return count
            case .wait:
                try await sink.flush()
                try await source.receive()
            case .end: return nil
            }
        }
    }

    /// Passes them on.
    mutating func send(_ count: Int) async throws {
        try await sink.send(count, isLast: false, from: &source)
        if turns.isOver(after: count) { await Task.yield() }
    }
}
