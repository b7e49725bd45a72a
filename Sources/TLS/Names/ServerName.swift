// SPDX-License-Identifier: Apache-2.0

/// A DNS host name that a certificate may be for: letters, digits and hyphens, at least two
/// labels, lower case, no trailing dot.
///
/// Parsed once where it enters (SNI, `Host`, a path, a file name); inside it is always in this form,
/// so that equality is equality of bytes. U-labels are not accepted: a domain is its A-label.
package struct ServerName: Hashable, Comparable, Sendable {
    /// The name as text, for example `shop.example.com`.
    package let text: String

    /// Reads a name; letters of either case and one trailing dot are accepted.
    /// Nil for anything else than a host name, IP addresses included.
    package init?(_ text: String) {
        self.init(utf8: text.utf8)
    }

    /// Reads a name from ASCII bytes, as SNI and `Host` carry it.
    package init?(_ bytes: Span<UInt8>) {
        let name = bytes.withUnsafeBufferPointer { ServerName(utf8: $0) }
        guard let name else { return nil }
        self = name
    }

    init?(utf8 bytes: some BidirectionalCollection<UInt8>) {
        guard bytes.count <= Self.bytesMax + 1 else { return nil }
        let withoutDot = bytes.last == UInt8(ascii: ".") ? bytes.dropLast() : bytes[...]
        guard Self.isHostName(withoutDot) else { return nil }
        text = String(unsafeUninitializedCapacity: withoutDot.count) { room in
            for (index, byte) in withoutDot.enumerated() { room[index] = byte.asciiLowercased }
            return withoutDot.count
        }
    }

    private init(valid text: String) {
        self.text = text
    }

    /// The name without its first label; nil when a single label would be left.
    package var parent: ServerName? {
        let rest = text.utf8.drop { $0 != UInt8(ascii: ".") }.dropFirst()
        guard rest.contains(UInt8(ascii: ".")) else { return nil }
        return ServerName(valid: String(Substring(rest)))
    }

    package static func < (left: ServerName, right: ServerName) -> Bool {
        left.text < right.text
    }

    /// RFC 1123 §2.1 and RFC 1035 §2.3.4; a last label of digits would read as an IPv4 address.
    private static func isHostName(_ bytes: some BidirectionalCollection<UInt8>) -> Bool {
        guard bytes.count <= bytesMax else { return false }
        var labels = 0
        var length = 0
        var isNumeric = true
        var previous = UInt8(ascii: ".")
        for byte in bytes {
            switch byte {
            case UInt8(ascii: "."):
                guard length > 0, previous != UInt8(ascii: "-") else { return false }
                labels += 1
                length = 0
                isNumeric = true
            case UInt8(ascii: "-"):
                guard length > 0 else { return false }
                length += 1
                isNumeric = false
            case UInt8(ascii: "0")...UInt8(ascii: "9"):
                length += 1
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"):
                length += 1
                isNumeric = false
            default:
                return false
            }
            guard length <= labelBytesMax else { return false }
            previous = byte
        }
        return labels > 0 && length > 0 && previous != UInt8(ascii: "-") && !isNumeric
    }

    private static let bytesMax = 253
    private static let labelBytesMax = 63
}

extension ServerName: CustomStringConvertible {
    package var description: String { text }
}

extension ServerName: Codable {
    package init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        let text = try container.decode(String.self)
        guard let name = ServerName(text) else {
            throw DecodingError.dataCorruptedError(
                in: container, debugDescription: "\"\(text)\" is not a host name")
        }
        self = name
    }

    package func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(text)
    }
}

extension UInt8 {
    fileprivate var asciiLowercased: UInt8 {
        self >= UInt8(ascii: "A") && self <= UInt8(ascii: "Z") ? self | 0x20 : self
    }
}
