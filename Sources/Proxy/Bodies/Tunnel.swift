// SPDX-License-Identifier: Apache-2.0
import HTTP
import Networking

/// Bytes both ways between a client and an origin that have switched protocols (RFC 9110 §7.8).
struct Tunnel<Client: TunnelEnd, Origin: TunnelEnd> {
    let client: Client
    let origin: Origin
    /// How long neither side may say anything.
    let idleTimeout: Duration

    /// Runs until both directions have ended, or one has failed, or nothing moved for too long.
    func run(on loop: EventLoop) async {
        let upward = LoopBound(self, on: loop)
        let upload = loop.spawn {
            let tunnel = upward.value
            await tunnel.carry(tunnel.client, to: tunnel.origin)
        }
        await carry(origin, to: client)
        await upload.value
    }

    /// One direction. An end is passed on as an end; a failure ends the other direction too.
    private func carry(_ from: some TunnelEnd, to: some TunnelEnd) async {
        var source = from.tunnelSource(timeout: idleTimeout)
        var sink = to.tunnelSink(timeout: idleTimeout)
        var turns = Turns()
        do throws(BodyError) {
            while true {
                // Silence in one direction is no reason to end while the other one moves.
                client.allow(idleTimeout)
                origin.allow(idleTimeout)
                switch try source.piece() {
                case .content(let count, let isLast):
                    do {
                        try await sink.send(count, isLast: isLast, from: &source)
                        if isLast { return try await sink.flush() }
                    } catch { throw .sink(error) }
                    if turns.isOver(after: count) { await Task.yield() }
                case .wait:
                    do { try await sink.flush() } catch { throw .sink(error) }
                    try await source.receive()
                case .end:
                    return to.endWriting()
                }
            }
        } catch {
            client.close()
            origin.close()
        }
    }
}

/// One end of a tunnel.
protocol TunnelEnd: SendableMetatype {
    associatedtype TunnelSource: BodySource
    associatedtype TunnelSink: BodySink

    func tunnelSource(timeout: Duration) -> TunnelSource
    func tunnelSink(timeout: Duration) -> TunnelSink
    /// Every wait from now on may take as long as this.
    func allow(_ duration: Duration)
    /// Nothing more goes this way; what comes back is still taken.
    func endWriting()
    /// It is over: whoever waits on it gets an error.
    func close()
}
