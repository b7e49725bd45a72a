// SPDX-License-Identifier: Apache-2.0
package import Networking

/// Finds the addresses of origins and CAs: a numeric address, the hosts file, then A and AAAA.
package struct HostResolver: HostLookup {
    private let resolver: Resolver
    private let hosts: HostsFile

    package init(resolver: Resolver, hosts: HostsFile) {
        self.resolver = resolver
        self.hosts = hosts
    }

    /// IPv4 before IPv6, each in the server's order. Throws `HostLookupFailure`.
    package func addresses(of host: String) async throws -> [IPAddress] {
        if let ip = IPAddress(host) { return [ip] }
        guard let name = DNSName(host) else { throw HostLookupFailure(host: host, answers: []) }
        let listed = hosts.addresses(of: name)
        if !listed.isEmpty { return listed }
        // RFC 6761 §6.3: these are never looked up.
        if name.isWithin(Self.localhost) { return Self.loopback }

        let answers = await resolver.resolve([Question(name, .a), Question(name, .aaaa)])
        let found = answers.flatMap(\.addresses)
        guard !found.isEmpty else { throw HostLookupFailure(host: host, answers: answers) }
        return found
    }

    private static let localhost = DNSName(checkedWire: [9] + Array("localhost".utf8) + [0])
    private static let loopback = [IPAddress.v4(0x7f00_0001), .v6(0, 1)]
}

/// A host without an address: `look up origin.example: NXDOMAIN`.
package struct HostLookupFailure: Error, Sendable, CustomStringConvertible {
    package let host: String
    /// What DNS said; empty when the host is not a name at all.
    package let answers: [Answer]

    package var description: String {
        guard !answers.isEmpty else { return "look up \(host): not a host name" }
        let failed = answers.filter { $0.failure != nil }
        let telling = failed.isEmpty ? answers : failed
        return "look up " + telling.map(\.description).joined(separator: "; ")
    }
}

extension Answer {
    /// The addresses among the records, in their order.
    package var addresses: [IPAddress] {
        records.compactMap { record in
            guard case .address(let address) = record.data else { return nil }
            return address
        }
    }
}
