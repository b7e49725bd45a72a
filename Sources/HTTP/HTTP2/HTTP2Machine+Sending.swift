// SPDX-License-Identifier: Apache-2.0
package import Networking

extension HTTP2Machine {
    /// Asks something (client): `head` writes the request's pseudo-header fields and fields. Nil,
    /// and `head` was not called: no more streams can be opened here.
    package mutating func open(
        ends: Bool, method: Method, output: inout ByteBuffer,
        _ head: (inout HPACKEncoder) -> Void
    ) -> HTTP2StreamID? {
        guard mayOpen else { return nil }
        let id = nextOfOurs
        nextOfOurs += 2
        var stream = OpenStream(
            id: id, sending: FlowWindow(peer.initialWindow),
            receiving: CreditWindow(initialReceiving))
        stream.method = method
        if ends { stream.state = .halfClosedLocal }
        streams.insert(stream)
        write(id, ends: ends, &output, head)
        return id
    }

    /// Answers (server): a head, interim ones before it with `ends` false; either side: trailers,
    /// with `ends` true. Nothing happens, and `head` is not called, when the stream is gone.
    package mutating func sendHead(
        _ stream: HTTP2StreamID, ends: Bool, output: inout ByteBuffer,
        _ head: (inout HPACKEncoder) -> Void
    ) {
        guard !isDead, let slot = streams.slot(of: stream), streams[slot].state.isSendingOpen
        else { return }
        write(stream, ends: ends, &output, head)
        if ends { sendEnd(slot: slot) }
    }

    /// How much content may be sent now, over all frames; 0 or less: wait for `windowOpened` or
    /// `settings`. 0 for streams that are gone.
    package func sendable(_ stream: HTTP2StreamID) -> Int {
        guard !isDead, let slot = streams.slot(of: stream), streams[slot].state.isSendingOpen
        else { return 0 }
        return Int(min(streams[slot].sending.available, connectionSending.available))
    }

    /// The same of the whole connection, which all streams share.
    package var connectionSendable: Int { isDead ? 0 : Int(connectionSending.available) }

    /// Sends content, at most `sendable` of it, cut into frames as the peer wants them. Nothing
    /// happens when the stream is gone.
    package mutating func sendData(
        _ stream: HTTP2StreamID, _ bytes: Span<UInt8>, ends: Bool, output: inout ByteBuffer
    ) {
        guard !isDead, let slot = streams.slot(of: stream), streams[slot].state.isSendingOpen
        else { return }
        guard !bytes.isEmpty || ends else { return }
        if !bytes.isEmpty {
            let fits =
                streams[slot].sending.take(bytes.count) && connectionSending.take(bytes.count)
            precondition(fits, "more content sent than the windows allow")
        }
        debt.begin(output.readableCount)
        output.appendData(
            stream, bytes, ends: ends, frameBytes: min(peer.frameBytes, Self.contentInFrame))
        debt.end(output.readableCount)
        abuse.sentData(limits)
        if ends { sendEnd(slot: slot) }
    }

    /// The content of one frame: with its header it fills a TLS record (RFC 8446 §5.1). Longer frames
    /// keep other streams waiting for nothing.
    static let contentInFrame = HTTP2Settings.frameBytesLeast - FrameHeader.count

    private mutating func write(
        _ stream: HTTP2StreamID, ends: Bool, _ output: inout ByteBuffer,
        _ head: (inout HPACKEncoder) -> Void
    ) {
        debt.begin(output.readableCount)
        writeHead(stream, ends: ends, &output, head)
        debt.end(output.readableCount)
    }

    mutating func writeHead(
        _ stream: HTTP2StreamID, ends: Bool, _ output: inout ByteBuffer,
        _ head: (inout HPACKEncoder) -> Void
    ) {
        encoder.begin()
        head(&encoder)
        let frameBytes = peer.frameBytes
        encoder.block.withReadable { block in
            output.appendHeaders(stream, block, ends: ends, frameBytes: frameBytes)
        }
    }

    /// END_STREAM was sent.
    private mutating func sendEnd(slot: Int) {
        guard let state = streams[slot].state.sentEnd else { return complete(slot: slot) }
        streams[slot].state = state
    }
}
