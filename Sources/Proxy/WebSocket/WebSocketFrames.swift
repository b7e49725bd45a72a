// SPDX-License-Identifier: Apache-2.0

/// Where in a WebSocket's bytes one frame ends and the next begins (RFC 6455 §5.2): all that we look at.
struct WebSocketFrames: Sendable {
    /// The bytes of a header seen so far, and how long it is as far as they say.
    private var headerCount = 0
    private var headerLength = 2
    private var length: UInt64 = 0
    private var payloadLeft: UInt64 = 0

    /// Where the length ends and the mask begins.
    private var lengthEnd = 2

    /// The bit of a frame's second byte that says that four bytes of mask follow.
    private static let masked: UInt8 = 0x80

    /// Whether the next byte begins a frame.
    var isBetween: Bool { headerCount == 0 && payloadLeft == 0 }

    /// How many of these bytes belong to a frame that has begun: all of them, when it does not end here.
    func rest(in bytes: Span<UInt8>) -> Int {
        var copy = self
        var index = 0
        while index < bytes.count, !copy.isBetween { index += copy.step(bytes, from: index) }
        return index
    }

    /// Takes note of bytes that pass.
    mutating func pass(_ bytes: Span<UInt8>) {
        var index = 0
        while index < bytes.count { index += step(bytes, from: index) }
    }

    /// Looks at a byte of a header, or at all there is of a payload; answers how many bytes that was.
    private mutating func step(_ bytes: Span<UInt8>, from index: Int) -> Int {
        if payloadLeft > 0 {
            let count = min(payloadLeft, UInt64(bytes.count - index))
            payloadLeft -= count
            return Int(count)
        }
        take(bytes[index])
        return 1
    }

    private mutating func take(_ byte: UInt8) {
        headerCount += 1
        if headerCount == 2 {
            let mask = byte & Self.masked == 0 ? 0 : 4
            switch byte & ~Self.masked {
            case 126: headerLength = 4 + mask
            case 127: headerLength = 10 + mask
            case let short:
                length = UInt64(short)
                headerLength = 2 + mask
            }
            lengthEnd = headerLength - mask
        } else if headerCount > 2, headerCount <= lengthEnd {
            length = length << 8 | UInt64(byte)
        }
        guard headerCount == headerLength else { return }
        payloadLeft = length
        headerCount = 0
        headerLength = 2
        length = 0
    }
}
