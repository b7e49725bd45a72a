// SPDX-License-Identifier: Apache-2.0

/// The nine bytes before each frame's payload (RFC 9113 §4.1).
package struct FrameHeader: Equatable, Sendable {
    /// Bytes of payload behind it.
    package var length: Int
    /// The type as it stands there, known or not.
    package var typeCode: UInt8
    var flags: FrameFlags
    /// Without the reserved bit, which is ignored.
    package var stream: HTTP2StreamID

    /// Bytes of a frame header.
    package static let count = 9

    /// Nil for the types that are ignored.
    var type: FrameType? { FrameType(rawValue: typeCode) }

    init(_ type: FrameType, length: Int, flags: FrameFlags = [], stream: HTTP2StreamID) {
        self.length = length
        self.typeCode = type.rawValue
        self.flags = flags
        self.stream = stream
    }

    /// Reads the header at `start`; nil when it is not whole yet.
    package init?(_ bytes: Span<UInt8>, at start: Int = 0) {
        guard bytes.count - start >= Self.count else { return nil }
        length = Int(bytes[start]) << 16 | Int(bytes[start + 1]) << 8 | Int(bytes[start + 2])
        typeCode = bytes[start + 3]
        flags = FrameFlags(rawValue: bytes[start + 4])
        stream = bytes.word(at: start + 5) & HTTP2StreamID.highest
    }
}

/// Identifies a stream (RFC 9113 §5.1.1): odd when the client opened it; 0 is the connection.
package typealias HTTP2StreamID = UInt32

extension HTTP2StreamID {
    /// 2^31-1: there is none above.
    static var highest: HTTP2StreamID { 0x7fff_ffff }
}

extension Span<UInt8> {
    /// The four bytes from `start` on in network order; they are known to be there.
    func word(at start: Int) -> UInt32 {
        UInt32(self[start]) << 24 | UInt32(self[start + 1]) << 16 | UInt32(self[start + 2]) << 8
            | UInt32(self[start + 3])
    }
}
