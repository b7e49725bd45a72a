// SPDX-License-Identifier: Apache-2.0
import Networking

extension HTTP2Machine {
    /// RFC 9113 §6.2
    mutating func receiveHeaders(
        _ header: FrameHeader, _ payload: Span<UInt8>, at now: Instant,
        _ output: inout ByteBuffer
    ) throws(HTTP2Fault) -> Event? {
        try checkMayHaveHeaders(header.stream)
        var new = PendingSection(
            stream: header.stream, ends: header.flags.contains(.endStream))
        var start = 0
        var end = payload.count
        if header.flags.contains(.padded) {
            start = 1
            end -= Int(payload[0])
        }
        if header.flags.contains(.priority) {
            let dependency = payload.word(at: start) & HTTP2StreamID.highest
            new.dependsOnItself = dependency == header.stream
            start += 5
        }
        guard start <= end else { throw .protocolError(.paddingTooLong) }
        let fragment = payload.extracting(start..<end)
        if header.flags.contains(.endHeaders) {
            return try receiveSection(new, fragment, at: now, &output)
        }
        if fragment.isEmpty { try abuse.receivedEmptyFrame(limits, at: now) }
        new.block.append(copying: fragment)
        pending = new
        return nil
    }

    /// RFC 9113 §6.10; that one is due was checked.
    mutating func receiveContinuation(
        _ header: FrameHeader, _ payload: Span<UInt8>, at now: Instant,
        _ output: inout ByteBuffer
    ) throws(HTTP2Fault) -> Event? {
        guard var section = pending.take() else { return nil }
        section.continuations += 1
        guard section.continuations <= limits.continuations else {
            throw .abuse(.continuationFlood)
        }
        guard section.block.count + payload.count <= limits.blockBytes else {
            throw .abuse(.sectionFlood)
        }
        section.block.append(copying: payload)
        if header.flags.contains(.endHeaders) {
            return try receiveSection(section, section.block.span, at: now, &output)
        }
        if payload.isEmpty { try abuse.receivedEmptyFrame(limits, at: now) }
        pending = section
        return nil
    }

    /// The streams on which HEADERS may come (RFC 9113 §5.1, §5.1.1); on some they only keep the
    /// tables in step.
    private func checkMayHaveHeaders(_ stream: HTTP2StreamID) throws(HTTP2Fault) {
        if isIdle(stream) {
            guard stream % 2 == 1 else { throw .protocolError(.evenStream) }
            guard role == .server else { throw .protocolError(.idleStream) }
            return
        }
        guard streams.slot(of: stream) == nil, !resets.contains(stream) else { return }
        if stream > leftOut.0, stream < leftOut.1 { throw .protocolError(.streamGoesBack) }
        throw HTTP2Fault(.streamClosed, .closedStream)
    }

    /// A whole field block. It is decoded whatever becomes of it, as the tables must stay in step
    /// (RFC 9113 §4.3).
    private mutating func receiveSection(
        _ pending: PendingSection, _ block: Span<UInt8>, at now: Instant,
        _ output: inout ByteBuffer
    ) throws(HTTP2Fault) -> Event? {
        do throws(HPACKError) {
            try decoder.decode(
                block, into: &section, sectionBytes: limits.sectionBytes,
                fieldsMax: limits.fields)
        } catch {
            throw HTTP2Fault(.compressionError, .compression(error))
        }
        if isIdle(pending.stream), saidGoAway == nil, section.isTooLarge {
            return try refuseAsTooLarge(pending, at: now, &output)
        }
        do throws(HTTP2Fault) {
            return try take(pending)
        } catch {
            return try fail(pending.stream, error, at: now, &output)
        }
    }

    /// Takes what is in `section`; throws what ends its stream.
    private mutating func take(_ pending: PendingSection) throws(HTTP2Fault) -> Event? {
        if isIdle(pending.stream) { return try admit(pending) }
        guard let slot = streams.slot(of: pending.stream) else {
            // It was on its way when we reset the stream.
            return nil
        }
        guard streams[slot].state.isReceivingOpen else {
            throw HTTP2Fault(.streamClosed, .halfClosedStream)
        }
        try checkForm(pending)
        return streams[slot].hasHead
            ? try receiveTrailers(slot: slot, pending) : try receiveAnswer(slot: slot, pending)
    }

    private func checkForm(_ pending: PendingSection) throws(HTTP2Fault) {
        if pending.dependsOnItself { throw .protocolError(.dependsOnItself) }
        guard let fault = section.fault else { return }
        throw HTTP2Fault(section.isTooLarge ? .enhanceYourCalm : .protocolError, .field(fault))
    }

    // MARK: Requests

    /// The peer has opened a stream; those between are closed (RFC 9113 §5.1.1).
    private mutating func noteOpening(of stream: HTTP2StreamID) {
        if stream > highestOfPeer + 2 { leftOut = (highestOfPeer, stream) }
        highestOfPeer = stream
    }

    /// RFC 9113 §10.5.1: a head that is too large has an answer of its own, so that whoever carries
    /// too many cookies is told.
    private mutating func refuseAsTooLarge(
        _ pending: PendingSection, at now: Instant, _ output: inout ByteBuffer
    ) throws(HTTP2Fault) -> Event? {
        try abuse.provokedReset(limits, at: now)
        noteOpening(of: pending.stream)
        let before = output.readableCount
        writeHead(pending.stream, ends: true, &output) { $0.append(status: 431) }
        debt.owe(output.readableCount - before)
        if !pending.ends { writeReset(pending.stream, .noError, &output) }
        guard let fault = section.fault else { return nil }
        return .reset(pending.stream, HTTP2Fault(.noError, .field(fault)), byPeer: false)
    }

    /// Opens a stream for the request in `section`.
    private mutating func admit(_ pending: PendingSection) throws(HTTP2Fault) -> Event {
        noteOpening(of: pending.stream)
        if saidGoAway != nil { throw HTTP2Fault(.refusedStream, .draining) }
        guard streams.count < limits.concurrentStreams else {
            throw HTTP2Fault(.refusedStream, .tooManyStreams)
        }
        try checkForm(pending)
        try request.receive(&section, ends: pending.ends, allowsProtocol: limits.extendedConnect)
        var stream = OpenStream(
            id: pending.stream, sending: FlowWindow(peer.initialWindow),
            receiving: CreditWindow(initialReceiving))
        stream.hasHead = true
        stream.method = request.method
        if pending.ends { stream.state = .halfClosedRemote }
        if case .length(let length) = request.framing { stream.remaining = length }
        streams.insert(stream)
        abuse.openedStream(limits)
        return .head(pending.stream, ends: pending.ends)
    }

    // MARK: Answers and trailers

    private mutating func receiveAnswer(
        slot: Int, _ pending: PendingSection
    ) throws(HTTP2Fault) -> Event {
        streams[slot].remaining = try answer.receive(
            &section, ends: pending.ends, answering: streams[slot].method)
        if answer.isInterim {
            guard Int(streams[slot].interims) < limits.interims else {
                throw .abuse(.tooManyInterims)
            }
            streams[slot].interims &+= 1
        } else {
            streams[slot].hasHead = true
            if pending.ends { receiveEnd(slot: slot) }
        }
        return .head(pending.stream, ends: pending.ends)
    }

    private mutating func receiveTrailers(
        slot: Int, _ pending: PendingSection
    ) throws(HTTP2Fault) -> Event {
        // RFC 9113 §8.1
        guard pending.ends else { throw .protocolError(.endlessTrailers) }
        guard !section.hasPseudoHeader else { throw .protocolError(.unexpectedPseudoHeader) }
        let remaining = streams[slot].remaining
        guard remaining == OpenStream.unknown || remaining == 0 else {
            throw .protocolError(.contentLengthMismatch)
        }
        swap(&trailers, &section.fields)
        trailers.removeAll(.forbiddenInTrailers)
        receiveEnd(slot: slot)
        return .trailers(pending.stream)
    }
}
