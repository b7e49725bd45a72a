// SPDX-License-Identifier: Apache-2.0

/// `HTTP/1.1` as it stands in a start line (RFC 9112 §2.3).
enum VersionText {
    /// Bytes of every version.
    static let count = 8

    /// Whether `byte` may stand at `offset` of a version; upper case only.
    @inline(__always)
    static func matches(_ byte: UInt8, at offset: Int) -> Bool {
        switch offset {
        case 0: byte == UInt8(ascii: "H")
        case 1, 2: byte == UInt8(ascii: "T")
        case 3: byte == UInt8(ascii: "P")
        case 4: byte == UInt8(ascii: "/")
        case 6: byte == UInt8(ascii: ".")
        default: (0x30...0x39).contains(byte)
        }
    }

    /// The version whose text, known to match, begins at `start`.
    static func version(
        _ bytes: Span<UInt8>, at start: Int
    ) throws(HTTP1Error) -> HTTPVersion {
        guard bytes[start + 5] == UInt8(ascii: "1") else { throw .unsupportedVersion }
        // RFC 9110 §2.5: a higher minor version is read as the highest we know.
        return bytes[start + 7] == UInt8(ascii: "0") ? .http10 : .http11
    }
}
