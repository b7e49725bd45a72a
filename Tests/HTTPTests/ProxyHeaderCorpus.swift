// SPDX-License-Identifier: Apache-2.0
import HTTP
import Networking
import Testing

/// PROXY headers and what is none, by the sections of HAProxy's `proxy-protocol.txt`.
enum ProxyHeaderCorpus {
    struct Accepted: CustomTestStringConvertible, Sendable {
        let why: String
        let bytes: [UInt8]
        let addresses: ProxyHeader.Addresses?
        var testDescription: String { why }
    }

    struct Refused: CustomTestStringConvertible, Sendable {
        let why: String
        let bytes: [UInt8]
        let error: ProxyHeaderError
        var testDescription: String { why }
    }

    static let ends: [[String]] = [
        ["192.0.2.1:56324", "198.51.100.9:443"], ["0.0.0.0:0", "255.255.255.255:65535"],
        ["[2001:db8::1]:56324", "[2001:db8::2]:443"],
        [
            "[2001:db8:1111:2222:3333:4444:5555:6666]:65535",
            "[2001:db8:aaaa:bbbb:cccc:dddd:eeee:ffff]:65535",
        ],
        ["192.0.2.1:56324", "[2001:db8::2]:443"], ["[2001:db8::1]:1", "192.0.2.1:2"],
    ]

    // MARK: Accepted

    static let accepted: [Accepted] = [
        line("§2.1: IPv4", "PROXY TCP4 192.0.2.1 198.51.100.9 56324 443", ends[0]),
        line("§2.1: the least", "PROXY TCP4 0.0.0.0 255.255.255.255 0 65535", ends[1]),
        line("§2.1: IPv6", "PROXY TCP6 2001:db8::1 2001:DB8::2 56324 443", ends[2]),
        line(
            "§2.1: the longest IPv6",
            "PROXY TCP6 2001:db8:1111:2222:3333:4444:5555:6666 "
                + "2001:db8:aaaa:bbbb:cccc:dddd:eeee:ffff 65535 65535", ends[3]),
        line(
            "a mapped IPv4 address is that address",
            "PROXY TCP6 ::ffff:192.0.2.1 2001:db8::2 56324 443", ends[4]),
        line("§2.1: unknown", "PROXY UNKNOWN", nil),
        line(
            "§2.1: what follows UNKNOWN is ignored, to 107 bytes",
            "PROXY UNKNOWN ffff:f...f:ffff ffff:f...f:ffff 65535 65535" + fill(48), nil),
        line("§2.1: a carriage return alone ends no line", "PROXY UNKNOWN \r x", nil),
        binary("§2.2: IPv4", 0x21, 0x11, ipv4, ends[0]),
        binary("§2.2: IPv6", 0x21, 0x21, ipv6, ends[2]),
        binary("§2.2: extensions are skipped", 0x21, 0x11, ipv4 + extensions, ends[0]),
        binary(
            "the longest", 0x21, 0x11, ipv4 + [UInt8](repeating: 4, count: 4096 - 16 - 12), ends[0]),
        binary("§2.2: LOCAL", 0x20, 0x00, [], nil),
        binary("§2.2: the family behind LOCAL is ignored", 0x20, 0xff, ipv4, nil),
        binary("§2.2: UNSPEC", 0x21, 0x00, [], nil),
        binary("§2.2: UNSPEC with extensions", 0x21, 0x00, extensions, nil),
        binary("§2.2: UDP over IPv4", 0x21, 0x12, ipv4, nil),
        binary("§2.2: UDP over IPv6", 0x21, 0x22, ipv6, nil),
        binary("§2.2: UNIX stream", 0x21, 0x31, [UInt8](repeating: 7, count: 216), nil),
        binary("§2.2: UNIX datagram", 0x21, 0x32, [UInt8](repeating: 7, count: 216), nil),
    ]

    // MARK: Refused

    static let refused: [Refused] = [
        Refused(why: "a ClientHello", bytes: [0x16, 3, 1, 2, 0], error: .absent),
        Refused(why: "a request", bytes: Array("GET / HTTP/1.1\r\n".utf8), error: .absent),
        Refused(why: "a request like it", bytes: Array("PROPFIND / HTTP/1.1".utf8), error: .absent),
        Refused(why: "in lower case", bytes: Array("proxy TCP4 ".utf8), error: .absent),
        Refused(why: "a tab for the space", bytes: Array("PROXY\tTCP4 ".utf8), error: .absent),
        Refused(why: "empty lines", bytes: Array("\r\n\r\n\r\n\r\n".utf8), error: .absent),
        Refused(
            why: "the last byte of the signature", bytes: Array(latin1: "\r\n\r\n\0\r\nQUIT\r"),
            error: .absent),
        Refused(
            why: "108 bytes", bytes: Array(("PROXY UNKNOWN" + fill(93) + "\r\n").utf8),
            error: .lineTooLong),
        Refused(
            why: "no end", bytes: Array(("PROXY TCP4 192.0.2.1 " + fill(300)).utf8),
            error: .lineTooLong),
        Refused(
            why: "ended by LF alone",
            bytes: Array(("PROXY TCP4 192.0.2.1 198.51.100.9 56324 443\n" + fill(64)).utf8),
            error: .lineTooLong),
        bad("no protocol", "PROXY ", .unknownProtocol),
        bad("UDP", "PROXY UDP4 192.0.2.1 198.51.100.9 56324 443", .unknownProtocol),
        bad("protocol in lower case", "PROXY tcp4 192.0.2.1 198.51.100.9 1 2", .unknownProtocol),
        bad("two spaces", "PROXY  TCP4 192.0.2.1 198.51.100.9 1 2", .unknownProtocol),
        bad("UNKNOWN and more", "PROXY UNKNOWN4", .unknownProtocol),
        bad("no addresses", "PROXY TCP4"),
        bad("three words", "PROXY TCP4 192.0.2.1 198.51.100.9 1"),
        bad("five words", "PROXY TCP4 192.0.2.1 198.51.100.9 1 2 3"),
        bad("a space at the end", "PROXY TCP4 192.0.2.1 198.51.100.9 1 2 "),
        bad("two spaces between", "PROXY TCP4 192.0.2.1  198.51.100.9 1 2"),
        bad("IPv6 as TCP4", "PROXY TCP4 2001:db8::1 2001:db8::2 1 2"),
        bad("IPv4 as TCP6", "PROXY TCP6 192.0.2.1 198.51.100.9 1 2"),
        bad("families mixed", "PROXY TCP6 2001:db8::1 198.51.100.9 1 2"),
        bad("a name", "PROXY TCP4 shop.example.com 198.51.100.9 1 2"),
        bad("a leading zero", "PROXY TCP4 192.0.02.1 198.51.100.9 1 2"),
        bad("three numbers", "PROXY TCP4 192.0.2 198.51.100.9 1 2"),
        bad("256", "PROXY TCP4 192.0.2.256 198.51.100.9 1 2"),
        bad("brackets", "PROXY TCP6 [2001:db8::1] 2001:db8::2 1 2"),
        bad("a zone", "PROXY TCP6 fe80::1%eth0 2001:db8::2 1 2"),
        bad("NUL in an address", "PROXY TCP4 192.0.2.1\0 198.51.100.9 1 2"),
        bad("port 65536", "PROXY TCP4 192.0.2.1 198.51.100.9 65536 2"),
        bad("a port with a sign", "PROXY TCP4 192.0.2.1 198.51.100.9 +1 2"),
        bad("a port with a leading zero", "PROXY TCP4 192.0.2.1 198.51.100.9 1 02"),
        bad("an empty port", "PROXY TCP4 192.0.2.1 198.51.100.9 1 "),
        bad("a port in hexadecimal", "PROXY TCP4 192.0.2.1 198.51.100.9 0x1 2"),
        bad("a port in other digits", "PROXY TCP4 192.0.2.1 198.51.100.9 \u{b2} 2"),
        header("version 1 in binary", 0x11, 0x11, ipv4, .unknownVersion),
        header("version 3", 0x31, 0x11, ipv4, .unknownVersion),
        header("command 2", 0x22, 0x11, ipv4, .unknownCommand),
        header("command 15", 0x2f, 0x11, ipv4, .unknownCommand),
        header("family 4", 0x21, 0x41, ipv4, .unknownFamily),
        header("transport 3", 0x21, 0x13, ipv4, .unknownFamily),
        header("IPv4 without a transport", 0x21, 0x10, ipv4, .unknownFamily),
        header("a transport without family", 0x21, 0x01, [], .unknownFamily),
        header("11 bytes for IPv4", 0x21, 0x11, ipv4.dropLast(), .addressesCutShort),
        header("35 bytes for IPv6", 0x21, 0x21, ipv6.dropLast(), .addressesCutShort),
        header("none for IPv6", 0x21, 0x21, [], .addressesCutShort),
        header(
            "215 bytes for UNIX", 0x21, 0x31, [UInt8](repeating: 7, count: 215), .addressesCutShort),
        header(
            "4097 bytes", 0x21, 0x11, [UInt8](repeating: 0, count: 4097 - 16), .tooLong),
        header("4097 bytes, LOCAL", 0x20, 0, [UInt8](repeating: 0, count: 4097 - 16), .tooLong),
        Refused(
            why: "a length of 65,535, of which nothing has come",
            bytes: Array(latin1: "\r\n\r\n\0\r\nQUIT\n\u{21}\u{11}\u{ff}\u{ff}"), error: .tooLong),
    ]

    // MARK: Making rows

    private static let ipv4: [UInt8] = [192, 0, 2, 1, 198, 51, 100, 9, 0xdc, 0x04, 0x01, 0xbb]
    private static let ipv6: [UInt8] =
        [0x20, 0x01, 0x0d, 0xb8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1]
        + [0x20, 0x01, 0x0d, 0xb8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 2]
        + [0xdc, 0x04, 0x01, 0xbb]
    /// PP2_TYPE_ALPN `h2`, then a type of nobody's.
    private static let extensions: [UInt8] = [1, 0, 2, 0x68, 0x32, 0xee, 0, 1, 0]

    private static func fill(_ count: Int) -> String { String(repeating: " ", count: count) }

    private static func line(_ why: String, _ text: String, _ ends: [String]?) -> Accepted {
        Accepted(why: why, bytes: Array((text + "\r\n").utf8), addresses: addresses(ends))
    }

    private static func binary(
        _ why: String, _ command: UInt8, _ family: UInt8, _ body: [UInt8], _ ends: [String]?
    ) -> Accepted {
        Accepted(why: why, bytes: block(command, family, body), addresses: addresses(ends))
    }

    private static func bad(
        _ why: String, _ text: String, _ error: ProxyHeaderError = .malformedLine
    ) -> Refused {
        Refused(why: why, bytes: Array(latin1: text + "\r\n"), error: error)
    }

    private static func header(
        _ why: String, _ command: UInt8, _ family: UInt8, _ body: [UInt8],
        _ error: ProxyHeaderError
    ) -> Refused {
        Refused(why: why, bytes: block(command, family, body), error: error)
    }

    private static func block(_ command: UInt8, _ family: UInt8, _ body: [UInt8]) -> [UInt8] {
        Array(latin1: "\r\n\r\n\0\r\nQUIT\n")
            + [command, family, UInt8(body.count >> 8), UInt8(body.count & 0xff)] + body
    }

    private static func addresses(_ ends: [String]?) -> ProxyHeader.Addresses? {
        guard let ends, let source = SocketAddress(ends[0]),
            let destination = SocketAddress(ends[1])
        else { return nil }
        return ProxyHeader.Addresses(source: source, destination: destination)
    }
}
