// SPDX-License-Identifier: Apache-2.0
package import Networking

/// Chunked bodies as we send them (RFC 9112 §7.1).
extension ByteBuffer {
    /// Appends one chunk; nothing for no content, which would end the body.
    package mutating func append(chunk content: Span<UInt8>) {
        guard !content.isEmpty else { return }
        beginChunk(count: content.count)
        append(content)
        endChunk()
    }

    /// Appends the line before `count` bytes of content, which must be more than none and be
    /// followed by `endChunk`.
    package mutating func beginChunk(count: Int) {
        var shift = (Int.bitWidth - max(count, 1).leadingZeroBitCount - 1) & ~3
        while shift >= 0 {
            let digit = UInt8(truncatingIfNeeded: count >> shift & 0xf)
            append(digit < 10 ? 0x30 + digit : 0x57 + digit)
            shift -= 4
        }
        appendLineEnd()
    }

    /// Appends what follows the content of a chunk.
    package mutating func endChunk() {
        appendLineEnd()
    }

    /// Appends the end of the body, with its trailer fields.
    package mutating func append(lastChunkWith trailers: Fields) {
        append(UInt8(ascii: "0"))
        appendLineEnd()
        append(trailers)
        appendLineEnd()
    }
}
