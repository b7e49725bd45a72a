// SPDX-License-Identifier: Apache-2.0
import Networking

/// Frames as bytes (RFC 9113 §4.1, §6).
extension ByteBuffer {
    mutating func append(_ header: FrameHeader) {
        let length = UInt32(truncatingIfNeeded: header.length)
        fill(minimum: FrameHeader.count) { room in
            room[0] = UInt8(truncatingIfNeeded: length >> 16)
            room[1] = UInt8(truncatingIfNeeded: length >> 8)
            room[2] = UInt8(truncatingIfNeeded: length)
            room[3] = header.typeCode
            room[4] = header.flags.rawValue
            room[5] = UInt8(truncatingIfNeeded: header.stream >> 24)
            room[6] = UInt8(truncatingIfNeeded: header.stream >> 16)
            room[7] = UInt8(truncatingIfNeeded: header.stream >> 8)
            room[8] = UInt8(truncatingIfNeeded: header.stream)
            return FrameHeader.count
        }
    }

    /// Appends four bytes in network order.
    mutating func append(word: UInt32) {
        fill(minimum: 4) { room in
            room[0] = UInt8(truncatingIfNeeded: word >> 24)
            room[1] = UInt8(truncatingIfNeeded: word >> 16)
            room[2] = UInt8(truncatingIfNeeded: word >> 8)
            room[3] = UInt8(truncatingIfNeeded: word)
            return 4
        }
    }

    mutating func appendResetStream(_ stream: HTTP2StreamID, _ code: HTTP2ErrorCode) {
        append(FrameHeader(.resetStream, length: 4, stream: stream))
        append(word: code.rawValue)
    }

    mutating func appendWindowUpdate(_ stream: HTTP2StreamID, increment: UInt32) {
        append(FrameHeader(.windowUpdate, length: 4, stream: stream))
        append(word: increment)
    }

    /// Appends GOAWAY, with words for whoever reads the peer's log.
    mutating func appendGoAway(
        last: HTTP2StreamID, _ code: HTTP2ErrorCode, _ explanation: String
    ) {
        let text = explanation.utf8.span
        append(FrameHeader(.goAway, length: 8 + text.count, stream: 0))
        append(word: last)
        append(word: code.rawValue)
        append(text)
    }

    /// Appends a field block as HEADERS and as many CONTINUATION frames as the peer's frame size
    /// asks for (RFC 9113 §6.2, §6.10).
    mutating func appendHeaders(
        _ stream: HTTP2StreamID, _ block: Span<UInt8>, ends: Bool, frameBytes: Int
    ) {
        let first = min(block.count, frameBytes)
        var flags: FrameFlags = ends ? .endStream : []
        if first == block.count { flags.insert(.endHeaders) }
        append(FrameHeader(.headers, length: first, flags: flags, stream: stream))
        append(block.extracting(0..<first))
        var start = first
        while start < block.count {
            let end = min(block.count, start + frameBytes)
            append(
                FrameHeader(
                    .continuation, length: end - start,
                    flags: end == block.count ? .endHeaders : [], stream: stream))
            append(block.extracting(start..<end))
            start = end
        }
    }

    /// Appends content as DATA frames of at most `frameBytes`; none that is empty but the last
    /// (RFC 9113 §6.1).
    mutating func appendData(
        _ stream: HTTP2StreamID, _ content: Span<UInt8>, ends: Bool, frameBytes: Int
    ) {
        var start = 0
        repeat {
            let end = min(content.count, start + frameBytes)
            append(
                FrameHeader(
                    .data, length: end - start,
                    flags: ends && end == content.count ? .endStream : [], stream: stream))
            append(content.extracting(start..<end))
            start = end
        } while start < content.count
    }
}
