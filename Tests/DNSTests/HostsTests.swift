// SPDX-License-Identifier: Apache-2.0
import Networking
import Testing

@testable import DNS

@Suite struct HostsTests {
    @Test(arguments: [
        ("nameserver 192.0.2.1\nnameserver 2001:db8::1\n", ["192.0.2.1:53", "[2001:db8::1]:53"]),
        ("search example.com\n\tnameserver\t192.0.2.1  # first\n", ["192.0.2.1:53"]),
        ("#nameserver 192.0.2.1\n;nameserver 192.0.2.2\n", ["127.0.0.1:53"]),
        ("nameserver fe80::1%eth0\nnameserver\nnameserver nonsense\r\n", ["127.0.0.1:53"]),
        ("", ["127.0.0.1:53"]), ("options timeout:1\nnameserver 192.0.2.1", ["192.0.2.1:53"]),
    ])
    func `resolv.conf names servers`(text: String, servers: [String]) {
        #expect(ResolverFile(text).servers.map(\.description) == servers)
    }

    @Test func `a resolv.conf that is not there means the server on this host`() {
        #expect(
            ResolverFile(path: "/does/not/exist").servers.map(\.description) == ["127.0.0.1:53"])
    }

    @Test func `the hosts file lists addresses of names in any case`() {
        let hosts = HostsFile(
            """
            # comment
            127.0.0.1 localhost
            192.0.2.1\torigin.example origin # the origin
            2001:db8::1 Origin.Example
            192.0.2.1 origin.example
            nonsense other.example
            """)
        let origin = hosts.addresses(of: DNSName("ORIGIN.example")!)
        #expect(origin.map(\.description) == ["192.0.2.1", "2001:db8::1"])
        #expect(hosts.addresses(of: DNSName("origin")!).count == 1)
        #expect(hosts.addresses(of: DNSName("other.example")!).isEmpty)
    }
}
