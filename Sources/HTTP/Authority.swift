// SPDX-License-Identifier: Apache-2.0
import Networking

/// `host [":" port]`, as in Host, `CONNECT` and absolute targets (RFC 9110 §7.2, RFC 3986 §3.2).
///
/// Stricter than RFC 3986, whose names may hold percent-encodings and `!$&'()*+,;=`: no host in
/// DNS has those, and the next parser may read them otherwise. User information is refused.
struct Authority {
    /// The host; brackets of an IPv6 address included. Never empty.
    var host: Range<Int>
    /// Nil when there is none, or only its colon.
    var port: UInt16?

    /// Hosts longer than this are in no DNS.
    private static let hostBytesMax = 255

    /// Reads the part `range` of `bytes`; nil when it is not an authority.
    init?(_ bytes: Span<UInt8>, _ range: Range<Int>) {
        guard !range.isEmpty else { return nil }
        var index = range.lowerBound
        if bytes[index] == UInt8(ascii: "[") {
            while index < range.upperBound, bytes[index] != UInt8(ascii: "]") { index += 1 }
            guard index < range.upperBound,
                Self.isIPv6(bytes, range.lowerBound + 1..<index)
            else { return nil }
            index += 1
        } else {
            while index < range.upperBound, bytes[index].isIn(.unreserved) { index += 1 }
        }
        host = range.lowerBound..<index
        guard !host.isEmpty, host.count <= Self.hostBytesMax else { return nil }
        guard index < range.upperBound else { return }
        guard bytes[index] == .colon else { return nil }
        let digits = index + 1..<range.upperBound
        guard !digits.isEmpty else { return }
        guard let port = Self.port(bytes, digits) else { return nil }
        self.port = port
    }

    private static func port(_ bytes: Span<UInt8>, _ digits: Range<Int>) -> UInt16? {
        guard digits.count <= 5 else { return nil }
        var number: UInt32 = 0
        for index in digits {
            guard (0x30...0x39).contains(bytes[index]) else { return nil }
            number = number * 10 + UInt32(bytes[index] - 0x30)
        }
        return UInt16(exactly: number)
    }

    private static func isIPv6(_ bytes: Span<UInt8>, _ range: Range<Int>) -> Bool {
        guard range.count >= 2, range.count <= 45 else { return false }
        var text = ""
        for index in range {
            guard bytes[index].isIn(.hexDigit) || bytes[index] == .colon || bytes[index] == 0x2e
            else { return false }
            text.unicodeScalars.append(Unicode.Scalar(bytes[index]))
        }
        guard case .v6 = IPAddress(text) else { return false }
        return true
    }
}
