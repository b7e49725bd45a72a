// SPDX-License-Identifier: Apache-2.0
package import Networking

extension HTTP2Machine {
    /// Ends a stream for a fault of the peer's (RFC 9113 §5.4.2). Whoever makes us do so too often
    /// loses the connection.
    mutating func fail(
        _ stream: HTTP2StreamID, _ fault: HTTP2Fault, at now: Instant,
        _ output: inout ByteBuffer
    ) throws(HTTP2Fault) -> Event {
        // An origin can only spoil what we have asked it for.
        let slot = streams.slot(of: stream)
        if role == .server || slot == nil { try abuse.provokedReset(limits, at: now) }
        if let slot { streams.remove(at: slot) }
        writeReset(stream, fault.code, &output)
        return .reset(stream, fault, byPeer: false)
    }

    /// Ends a stream that is open; nothing happens for others.
    package mutating func reset(
        _ stream: HTTP2StreamID, _ code: HTTP2ErrorCode, output: inout ByteBuffer
    ) {
        guard !isDead, let slot = streams.slot(of: stream) else { return }
        debt.begin(output.readableCount)
        streams.remove(at: slot)
        writeReset(stream, code, &output)
        debt.end(output.readableCount)
    }

    mutating func writeReset(
        _ stream: HTTP2StreamID, _ code: HTTP2ErrorCode, _ output: inout ByteBuffer
    ) {
        output.appendResetStream(stream, code)
        debt.owe(FrameHeader.count + 4)
        resets.insert(stream)
    }

    /// Says goodbye, once (RFC 9113 §6.8): the streams that the peer has opened go on to their end,
    /// later ones are refused. A client opens no more.
    package mutating func goAway(
        _ code: HTTP2ErrorCode = .noError, output: inout ByteBuffer
    ) {
        guard !isDead, saidGoAway == nil else { return }
        saidGoAway = highestOfPeer
        debt.begin(output.readableCount)
        output.appendGoAway(last: highestOfPeer, code, "")
        debt.owe(FrameHeader.count + 8)
        debt.end(output.readableCount)
    }
}
