// SPDX-License-Identifier: Apache-2.0
import Networking
import Testing

/// Where origins may be that clients of the management API set.
@Suite struct OriginTargetsTests {
    private func admits(_ text: String, _ targets: OriginTargets) throws -> Bool {
        targets.refusal(of: try #require(SocketAddress(text))) == nil
    }

    @Test(arguments: [
        ("10.0.0.5:9001", true), ("127.0.0.1:9001", true), ("192.168.1.1:80", true),
        ("1.1.1.1:443", true), ("[::1]:80", true), ("[fd00::1]:80", true),
        ("[2606:4700::1111]:443", true), ("[64:ff9b::101:101]:443", true),
        ("169.254.169.254:80", false), ("169.254.0.1:443", false), ("100.100.100.200:80", false),
        ("192.0.0.192:80", false), ("168.63.129.16:80", false), ("0.0.0.0:80", false),
        ("0.1.2.3:80", false), ("224.0.0.1:80", false), ("255.255.255.255:80", false),
        ("[::]:80", false), ("[fe80::1]:80", false), ("[ff02::1]:80", false),
        ("[fd00:ec2::254]:80", false), ("[fd20:ce::254]:80", false),
        ("[::ffff:169.254.169.254]:80", false), ("[64:ff9b::a9fe:a9fe]:80", false),
    ])
    func `an origin may be anywhere but at link-local addresses and clouds' metadata`(
        address: String, isAdmitted: Bool
    ) throws {
        #expect(try admits(address, OriginTargets()) == isAdmitted)
        let block = try #require(AddressBlock("0.0.0.0/0"))
        let wide = try #require(AddressBlock("::/0"))
        let all = OriginTargets(allowed: [.block(block), .block(wide)])
        #expect(try admits(address, all) == isAdmitted)
    }

    @Test(arguments: [
        ("1.1.1.1:443", true), ("[2606:4700::1111]:443", true), ("10.1.2.3:80", true),
        ("[::ffff:10.1.2.3]:80", true), ("[64:ff9b::a01:203]:80", true), ("10.2.0.1:80", false),
        ("127.0.0.1:80", false), ("[::1]:80", false), ("[fd00::1]:80", false),
        ("[64:ff9b::a02:1]:80", false), ("169.254.169.254:80", false),
    ])
    func `where blocks are allowed, or the public internet, it is there or nowhere`(
        address: String, isAdmitted: Bool
    ) throws {
        let block = try #require(AddressBlock("10.1.0.0/16"))
        #expect(
            try admits(address, OriginTargets(allowed: [.public, .block(block)])) == isAdmitted)
        #expect(try !admits(address, OriginTargets(allowed: [])))
    }

    @Test(arguments: [
        ("127.0.0.1:8081", "127.0.0.1:8081", false), ("127.0.0.1:8081", "127.0.0.1:8082", true),
        ("127.0.0.1:8081", "127.0.0.2:8081", true),
        ("127.0.0.1:8081", "[::ffff:127.0.0.1]:8081", false),
        // A listener on all addresses has each of this host's own.
        ("0.0.0.0:443", "127.0.0.1:443", false), ("0.0.0.0:443", "127.0.0.2:443", false),
        ("[::]:443", "[::1]:443", false), ("0.0.0.0:443", "192.0.2.7:443", true),
        ("0.0.0.0:443", "127.0.0.1:9001", true),
    ])
    func `nothing of ours is an origin`(
        listener: String, address: String, isAdmitted: Bool
    ) throws {
        let targets = OriginTargets(listeners: [try #require(SocketAddress(listener))])
        #expect(try admits(address, targets) == isAdmitted)
    }
}
