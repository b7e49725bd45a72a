// SPDX-License-Identifier: Apache-2.0
import HTTP
import Networking

/// Bytes both ways between a client and an origin that have switched protocols (RFC 9110 §7.8).
struct Tunnel {
    let client: Channel
    let origin: Channel
    /// How long neither side may say anything.
    let idleTimeout: Duration

    /// Runs until both directions have ended, or one has failed, or nothing moved for too long.
    func run() async {
        let loop = client.loop
        let upward = LoopBound(self, on: loop)
        let upload = loop.spawn { await upward.value.carry(fromClient: true) }
        await carry(fromClient: false)
        await upload.value
    }

    /// One direction. An end is passed on as an end; a failure ends the other direction too.
    private func carry(fromClient: Bool) async {
        let source = fromClient ? client : origin
        let sink = fromClient ? origin : client
        var turns = Turns()
        do {
            while true {
                // Silence in one direction is no reason to end while the other one moves.
                client.allow(idleTimeout)
                origin.allow(idleTimeout)
                let count = source.input.readableCount
                if count > 0 {
                    try await source.forwardInput(count, to: sink)
                    if turns.isOver(after: count) { await Task.yield() }
                } else {
                    guard try await source.fill() > 0 else { return sink.transport.endWriting() }
                }
            }
        } catch {
            client.close()
            origin.close()
        }
    }
}
