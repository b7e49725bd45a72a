// SPDX-License-Identifier: Apache-2.0
import HTTP
import Management
import Networking
import Testing

struct TargetTests {
    /// First and last addresses of what is special, and their public neighbours.
    private static let addresses: [(text: String, isPublic: Bool)] = [
        ("0.0.0.0", false), ("0.255.255.255", false), ("1.0.0.0", true),
        ("9.255.255.255", true), ("10.0.0.0", false), ("10.255.255.255", false),
        ("11.0.0.0", true), ("100.63.255.255", true), ("100.64.0.0", false),
        ("100.100.100.200", false), ("100.127.255.255", false), ("100.128.0.0", true),
        ("126.255.255.255", true), ("127.0.0.1", false), ("127.255.255.255", false),
        ("169.253.255.255", true), ("169.254.0.0", false), ("169.254.169.254", false),
        ("169.255.0.0", true), ("172.15.255.255", true), ("172.16.0.0", false),
        ("172.31.255.255", false), ("172.32.0.0", true), ("192.0.0.1", false),
        ("192.0.2.1", false), ("192.167.255.255", true), ("192.168.0.0", false),
        ("192.168.255.255", false), ("192.169.0.0", true), ("198.17.255.255", true),
        ("198.18.0.0", false), ("198.19.255.255", false), ("198.20.0.0", true),
        ("203.0.113.9", false), ("223.255.255.255", true), ("224.0.0.1", false),
        ("239.255.255.255", false), ("240.0.0.1", false), ("255.255.255.255", false),
        ("8.8.8.8", true),
        ("::", false), ("::1", false), ("::7f00:1", false), ("::ffff:127.0.0.1", false),
        ("::ffff:10.0.0.1", false), ("::ffff:169.254.169.254", false),
        ("::ffff:8.8.8.8", true), ("64:ff9b::7f00:1", false), ("64:ff9b::808:808", false),
        ("64:ff9b:1::1", false), ("100::1", false), ("2001::1", false), ("2001:db8::1", false),
        ("2002:7f00:1::1", false), ("2606:4700::1111", true), ("2a00:1450::1", true),
        ("fbff:ffff::1", true), ("fc00::1", false), ("fd00:ec2::254", false),
        ("fdff:ffff::1", false), ("fe7f:ffff::1", true), ("fe80::1", false), ("febf::1", false),
        ("fec0::1", false), ("ff02::1", false),
    ]

    @Test(arguments: addresses)
    func `only public addresses are connected to`(_ text: String, _ isPublic: Bool) throws {
        let address = try #require(IPAddress(text))
        #expect(WebhookTargets().admits(address, by: .https) == isPublic)
    }

    @Test(arguments: addresses)
    func `in the clear nothing is, unless it is allowed`(_ text: String, _: Bool) throws {
        let address = try #require(IPAddress(text))
        #expect(!WebhookTargets().admits(address, by: .http))
        let block = try #require(AddressBlock(text))
        #expect(WebhookTargets(allowed: [block]).admits(address, by: .http))
        #expect(WebhookTargets(allowed: [block]).admits(address, by: .https))
    }

    @Test func `an allowed block lets in no other address`() throws {
        let targets = WebhookTargets(allowed: [try #require(AddressBlock("10.1.0.0/16"))])
        for (text, isAdmitted) in [
            ("10.1.2.3", true), ("::ffff:10.1.2.3", true), ("10.2.0.1", false),
            ("127.0.0.1", false),
        ] {
            let address = try #require(IPAddress(text))
            #expect(targets.admits(address, by: .https) == isAdmitted)
        }
    }

    @Test(arguments: [
        ("https://hooks.example/in", true), ("https://8.8.8.8/in", true),
        ("http://hooks.example/in", false), ("http://8.8.8.8/in", false),
        ("https://127.0.0.1/in", false), ("https://[::1]/in", false),
        ("https://[::ffff:127.0.0.1]/in", false), ("https://169.254.169.254/latest", false),
        ("ftp://hooks.example/", false), ("https://user:pass@hooks.example/", false),
        ("hooks.example", false), ("", false), ("https://", false),
        ("https://hooks.example/" + String(repeating: "a", count: 2048), false),
    ])
    func `a URL that can never be told is known at once`(_ url: String, _ isFit: Bool) {
        #expect((WebhookTargets().fault(of: url) == nil) == isFit)
    }
}
