// SPDX-License-Identifier: Apache-2.0
package import Networking

/// A DATA frame of which not everything has come.
struct DataFrame: Sendable {
    var stream: HTTP2StreamID
    /// Content still to come.
    var content: Int
    /// Padding behind it.
    var padding: Int
    var ends: Bool
}

extension HTTP2Machine {
    /// The beginning of a DATA frame (RFC 9113 §6.1): everything that can be wrong with it is known
    /// before its content comes.
    mutating func receiveData(
        _ header: FrameHeader, _ bytes: Span<UInt8>, _ position: inout Int, at now: Instant,
        _ output: inout ByteBuffer
    ) throws(HTTP2Fault) -> Event? {
        var start = position + FrameHeader.count
        var frame = DataFrame(
            stream: header.stream, content: header.length, padding: 0,
            ends: header.flags.contains(.endStream))
        if header.flags.contains(.padded) {
            guard start < bytes.count else { return .needMore }
            frame.padding = Int(bytes[start])
            frame.content = header.length - 1 - frame.padding
            guard frame.content >= 0 else { throw .protocolError(.paddingTooLong) }
            start += 1
        }
        // RFC 9113 §6.9.1: the whole payload counts, padding too, whatever becomes of the stream.
        guard connectionReceiving.take(header.length) else {
            throw HTTP2Fault(.flowControlError, .windowExceeded)
        }
        position = start
        if let event = try refuse(frame, length: header.length, at: now, &output) { return event }
        guard let slot = streams.slot(of: frame.stream) else { return nil }
        if streams[slot].remaining != OpenStream.unknown {
            streams[slot].remaining -= UInt64(frame.content)
        }
        let padding = header.length - frame.content
        if padding > 0 { credit(padding, slot: slot, &output) }
        if frame.content > 0 {
            abuse.receivedData(limits)
        } else if !frame.ends {
            try abuse.receivedEmptyFrame(limits, at: now)
        }
        reading = .data(frame)
        return nil
    }

    /// Passes over a frame that its stream cannot take. Nil: it is taken, or ignored without a word,
    /// as it was on its way when we reset the stream.
    private mutating func refuse(
        _ frame: DataFrame, length: Int, at now: Instant, _ output: inout ByteBuffer
    ) throws(HTTP2Fault) -> Event? {
        let fault: HTTP2Fault
        if let slot = streams.slot(of: frame.stream) {
            guard let found = refusal(slot: slot, frame, length: length) else { return nil }
            fault = found
        } else {
            fault = HTTP2Fault(.streamClosed, .closedStream)
        }
        reading = .skipping(frame.content + frame.padding)
        creditConnection(length, &output)
        if streams.slot(of: frame.stream) == nil, resets.contains(frame.stream) { return nil }
        return try fail(frame.stream, fault, at: now, &output)
    }

    private mutating func refusal(
        slot: Int, _ frame: DataFrame, length: Int
    ) -> HTTP2Fault? {
        guard streams[slot].state.isReceivingOpen else {
            return HTTP2Fault(.streamClosed, .halfClosedStream)
        }
        guard streams[slot].receiving.take(length) else {
            return HTTP2Fault(.flowControlError, .windowExceeded)
        }
        // RFC 9113 §8.1
        guard streams[slot].hasHead else { return .protocolError(.contentBeforeHead) }
        let remaining = streams[slot].remaining
        guard remaining != OpenStream.unknown else { return nil }
        // RFC 9113 §8.1.1
        let content = UInt64(frame.content)
        guard content <= remaining, !frame.ends || content == remaining else {
            return .protocolError(.contentLengthMismatch)
        }
        return nil
    }

    /// What has come of a DATA frame's content.
    mutating func continueData(
        _ frame: DataFrame, _ bytes: Span<UInt8>, _ position: inout Int,
        _ output: inout ByteBuffer
    ) -> Event? {
        let count = min(frame.content, bytes.count - position)
        if count == 0, frame.content > 0 { return .needMore }
        let range = position..<position + count
        position += count
        var rest = frame
        rest.content -= count
        reading = rest.content == 0 ? .skipping(rest.padding) : .data(rest)
        // It may have been reset between two parts of one frame.
        guard let slot = streams.slot(of: frame.stream) else {
            creditConnection(count, &output)
            return nil
        }
        let ends = rest.content == 0 && frame.ends
        if ends { receiveEnd(slot: slot) }
        return count > 0 || ends ? .data(frame.stream, range, ends: ends) : nil
    }

    /// END_STREAM came.
    mutating func receiveEnd(slot: Int) {
        guard let state = streams[slot].state.receivedEnd else { return complete(slot: slot) }
        streams[slot].state = state
    }

    /// A stream came to its end from both sides.
    mutating func complete(slot: Int) {
        streams.remove(at: slot)
        abuse.completedStream(limits)
    }

    // MARK: Credit

    /// Says that `count` bytes of content were handed on, so that the peer may send more. To be
    /// called for all content that an event gave, also when the stream is gone by then.
    package mutating func consumed(
        _ count: Int, of stream: HTTP2StreamID, output: inout ByteBuffer
    ) {
        guard !isDead else { return }
        debt.begin(output.readableCount)
        if let slot = streams.slot(of: stream) {
            credit(count, slot: slot, &output)
        } else {
            creditConnection(count, &output)
        }
        debt.end(output.readableCount)
    }

    private mutating func credit(_ count: Int, slot: Int, _ output: inout ByteBuffer) {
        creditConnection(count, &output)
        guard streams[slot].state.isReceivingOpen,
            let increment = streams[slot].receiving.credit(count, of: initialReceiving)
        else { return }
        output.appendWindowUpdate(streams[slot].id, increment: increment)
        debt.owe(FrameHeader.count + 4)
    }

    private mutating func creditConnection(_ count: Int, _ output: inout ByteBuffer) {
        guard let increment = connectionReceiving.credit(count, of: connectionWindow) else {
            return
        }
        output.appendWindowUpdate(0, increment: increment)
        debt.owe(FrameHeader.count + 4)
    }
}
