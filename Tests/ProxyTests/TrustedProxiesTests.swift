// SPDX-License-Identifier: Apache-2.0
import HTTP
import Networking
import Testing

@testable import Proxy

@Suite struct TrustedProxiesTests {
    private let proxies = TrustedProxies(
        ["10.0.0.0/8", "2001:db8:aaaa::/48"].compactMap { AddressBlock($0) })

    @Test(arguments: [
        // The first from the right that is no proxy of ours; what is before it may be invented.
        (["198.51.100.7"], "198.51.100.7"),
        (["9.9.9.9, 198.51.100.7"], "198.51.100.7"),
        (["198.51.100.7, 10.0.0.2"], "198.51.100.7"),
        (["9.9.9.9, 198.51.100.7, 10.0.0.2,10.0.0.3"], "198.51.100.7"),
        // The lines of a field are one list (RFC 9110 §5.3).
        (["198.51.100.7", "10.0.0.2"], "198.51.100.7"),
        (["10.0.0.9", "198.51.100.7", "10.0.0.2, 10.0.0.3"], "198.51.100.7"),
        // Only proxies: the first of them.
        (["10.0.0.3, 10.0.0.2"], "10.0.0.3"),
        // Spellings.
        (["198.51.100.7:4711"], "198.51.100.7"),
        (["2001:db8::7"], "2001:db8::7"),
        (["[2001:db8::7]"], "2001:db8::7"),
        (["[2001:db8::7]:4711, 2001:db8:aaaa::1"], "2001:db8::7"),
        (["::ffff:198.51.100.7"], "198.51.100.7"),
        (["\t198.51.100.7 , , 10.0.0.2 ,"], "198.51.100.7"),
        // Junk ends the walk at the last hop that is known.
        (["unknown"], "10.0.0.1"),
        (["198.51.100.7, unknown, 10.0.0.2"], "10.0.0.2"),
        (["198.51.100.7, 10.0.0.300"], "10.0.0.1"),
        (["198.51.100.7:"], "10.0.0.1"), (["198.51.100.7:x"], "10.0.0.1"),
        (["198.51.100.7:123456"], "10.0.0.1"), (["[198.51.100.7]"], "10.0.0.1"),
        (["[2001:db8::7"], "10.0.0.1"), (["[2001:db8::7]x"], "10.0.0.1"),
        (["fe80::1%eth0"], "10.0.0.1"), (["\"198.51.100.7\""], "10.0.0.1"),
        (["198.51.100.7\u{a0}"], "10.0.0.1"), (["shop.example.com"], "10.0.0.1"),
        ([""], "10.0.0.1"), ([",,,"], "10.0.0.1"), ([], "10.0.0.1"),
    ])
    func `X-Forwarded-For is walked from the right`(lines: [String], client: String) throws {
        #expect(try walk(.xForwardedFor, lines) == client)
    }

    @Test(arguments: [
        (["for=198.51.100.7"], "198.51.100.7"),
        (["for=9.9.9.9, For=198.51.100.7;proto=https;by=10.0.0.1"], "198.51.100.7"),
        (["proto=http ; FOR=\"198.51.100.7:80\" ;host=\"a,b;c\" , for=10.0.0.2"], "198.51.100.7"),
        (["for=\"[2001:db8::7]\", for=\"[2001:db8:aaaa::1]:443\""], "2001:db8::7"),
        (["for=\"[2001:db8::7]:_port\""], "2001:db8::7"),
        (["for=198.51.100.7", "for=10.0.0.2"], "198.51.100.7"),
        (["for=198.51.100.7;;"], "198.51.100.7"),
        (["host=\"a\\\"b\\\\\";for=198.51.100.7"], "198.51.100.7"),
        // Nothing that is further left changes what is further right.
        (["for=\"9.9.9.9, for=198.51.100.7"], "198.51.100.7"),
        (["for=9.9.9.9;x=\", for=198.51.100.7, for=10.0.0.2"], "198.51.100.7"),
        (["for=9.9.9.9;x=\"\\, for=198.51.100.7"], "198.51.100.7"),
        // Junk.
        (["for=unknown"], "10.0.0.1"), (["for=_hidden"], "10.0.0.1"), (["by=9.9.9.9"], "10.0.0.1"),
        (["for=9.9.9.9;for=8.8.8.8"], "10.0.0.1"), (["for=\"9.9.9.9"], "10.0.0.1"),
        (["for=\"9.9.9.9\"x"], "10.0.0.1"), (["for = 9.9.9.9"], "10.0.0.1"),
        (["for="], "10.0.0.1"), (["9.9.9.9"], "10.0.0.1"), (["=9.9.9.9"], "10.0.0.1"),
        (["for=9.9.9.9, for=unknown, for=10.0.0.2"], "10.0.0.2"),
    ])
    func `Forwarded is walked like it`(lines: [String], client: String) throws {
        #expect(try walk(.forwarded, lines) == client)
    }

    @Test func `X-Forwarded-For counts when both are there`() throws {
        var fields = Fields()
        fields.append(.forwarded, "for=9.9.9.9")
        fields.append(.xForwardedFor, "198.51.100.7")
        let peer = try #require(IPAddress("10.0.0.1"))
        #expect(proxies.client(behind: peer, in: fields).description == "198.51.100.7")
    }

    @Test func `nobody else is believed`() throws {
        var fields = Fields()
        fields.append(.xForwardedFor, "198.51.100.7")
        let peer = try #require(IPAddress("192.0.2.1"))
        #expect(proxies.client(behind: peer, in: fields) == peer)
        #expect(TrustedProxies().client(behind: peer, in: fields) == peer)
    }

    @Test(arguments: [FieldName.xForwardedFor, .forwarded])
    func `the walk is bounded`(name: FieldName) throws {
        let key = name == .forwarded ? "for=" : ""
        for (count, client) in [
            (TrustedProxies.walkedMax - 1, "198.51.100.7"), (TrustedProxies.walkedMax, "10.0.0.2"),
        ] {
            let hops = String(repeating: ", \(key)10.0.0.2", count: count)
            #expect(try walk(name, ["\(key)198.51.100.7\(hops)"]) == client)
        }
    }

    @Test func `no random field traps`() throws {
        var random = SystemRandomNumberGenerator()
        let bytes = Array("for=\"[]:;,\\ 10.0.0.2:ab_%\u{e9}".utf8)
        for round in 0..<5000 {
            var value: [UInt8] = []
            for _ in 0..<Int.random(in: 0...60, using: &random) {
                value.append(bytes.randomElement(using: &random) ?? 0)
            }
            var fields = Fields()
            fields.append(round % 2 == 0 ? .forwarded : .xForwardedFor, value)
            _ = proxies.client(behind: .v4(0x0a00_0001), in: fields)
        }
    }

    private func walk(_ name: FieldName, _ lines: [String]) throws -> String {
        var fields = Fields()
        fields.append(.accept, "*/*")
        for line in lines {
            fields.append(name, line)
            fields.append(.cookie, "a=b")
        }
        let peer = try #require(IPAddress("10.0.0.1"))
        return proxies.client(behind: peer, in: fields).description
    }
}
