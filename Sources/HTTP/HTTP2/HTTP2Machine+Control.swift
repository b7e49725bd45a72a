// SPDX-License-Identifier: Apache-2.0
import Networking

/// The frames that carry no message: PING, GOAWAY, RST_STREAM, WINDOW_UPDATE and priorities. Their
/// payloads are whole and of a size that they can have.
extension HTTP2Machine {
    /// RFC 9113 §6.7
    mutating func receivePing(
        _ header: FrameHeader, _ payload: Span<UInt8>, at now: Instant,
        _ output: inout ByteBuffer
    ) throws(HTTP2Fault) -> Event? {
        try abuse.receivedPing(limits, at: now)
        guard !header.flags.contains(.acknowledgement) else { return nil }
        output.append(FrameHeader(.ping, length: 8, flags: .acknowledgement, stream: 0))
        output.append(payload)
        debt.owe(FrameHeader.count + 8)
        return nil
    }

    /// RFC 9113 §6.8
    mutating func receiveGoAway(_ payload: Span<UInt8>) -> Event? {
        heardGoAway = true
        let last = payload.word(at: 0) & HTTP2StreamID.highest
        if role == .client { streams.removeAll(above: last) }
        return .goAway(last: last, HTTP2ErrorCode(received: payload.word(at: 4)))
    }

    /// RFC 9113 §6.4
    mutating func receiveReset(
        _ header: FrameHeader, _ payload: Span<UInt8>, at now: Instant
    ) throws(HTTP2Fault) -> Event? {
        let slot = streams.slot(of: header.stream)
        // A server can only reset what we have asked for.
        if role == .server || slot == nil { try abuse.receivedReset(limits, at: now) }
        guard let slot else { return nil }
        streams.remove(at: slot)
        let code = HTTP2ErrorCode(received: payload.word(at: 0))
        return .reset(header.stream, HTTP2Fault(code, .resetByPeer), byPeer: true)
    }

    /// RFC 9113 §6.9
    mutating func receiveWindowUpdate(
        _ header: FrameHeader, _ payload: Span<UInt8>, at now: Instant,
        _ output: inout ByteBuffer
    ) throws(HTTP2Fault) -> Event? {
        try abuse.receivedWindowUpdate(limits, at: now)
        let increment = payload.word(at: 0) & HTTP2StreamID.highest
        guard header.stream != 0 else { return try openConnection(by: increment) }
        guard let slot = streams.slot(of: header.stream) else { return nil }
        guard increment > 0 else {
            return try fail(header.stream, .protocolError(.zeroIncrement), at: now, &output)
        }
        let wasShut = streams[slot].sending.available <= 0
        guard streams[slot].sending.change(by: Int64(increment)) else {
            let fault = HTTP2Fault(.flowControlError, .windowOverflow)
            return try fail(header.stream, fault, at: now, &output)
        }
        let opened = wasShut && streams[slot].sending.available > 0
        return opened ? .windowOpened(header.stream) : nil
    }

    private mutating func openConnection(by increment: UInt32) throws(HTTP2Fault) -> Event? {
        guard increment > 0 else { throw .protocolError(.zeroIncrement) }
        let wasShut = connectionSending.available <= 0
        guard connectionSending.change(by: Int64(increment)) else {
            throw HTTP2Fault(.flowControlError, .windowOverflow)
        }
        return wasShut ? .windowOpened(0) : nil
    }

    /// RFC 9113 §6.3: deprecated; only its form is looked at, and that nothing depends on itself
    /// (RFC 7540 §5.3.1).
    mutating func receivePriority(
        _ header: FrameHeader, _ payload: Span<UInt8>, at now: Instant,
        _ output: inout ByteBuffer
    ) throws(HTTP2Fault) -> Event? {
        try abuse.receivedPriority(limits, at: now)
        let fault: HTTP2Fault
        if payload.count != 5 {
            fault = HTTP2Fault(.frameSizeError, .frameSize)
        } else if payload.word(at: 0) & HTTP2StreamID.highest == header.stream {
            fault = .protocolError(.dependsOnItself)
        } else {
            return nil
        }
        // RFC 9113 §6.4: an idle stream cannot be reset.
        guard !isIdle(header.stream) else { throw fault }
        return try fail(header.stream, fault, at: now, &output)
    }

    /// RFC 9218 §7.1
    mutating func receivePriorityUpdate(
        _ payload: Span<UInt8>, at now: Instant
    ) throws(HTTP2Fault) -> Event? {
        guard role == .server else { throw .protocolError(.clientOnlyFrame) }
        try abuse.receivedPriority(limits, at: now)
        let stream = payload.word(at: 0) & HTTP2StreamID.highest
        guard stream != 0 else { throw .protocolError(.prioritizesNothing) }
        guard isOpen(stream) else { return nil }
        return .urgency(stream, Urgency(payload, 4..<payload.count).value)
    }
}
