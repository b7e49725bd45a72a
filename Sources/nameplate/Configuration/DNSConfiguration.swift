// SPDX-License-Identifier: Apache-2.0
import Networking

/// `dns`: who is asked about customers' names.
struct DNSConfiguration: Equatable, Sendable {
    /// Recursive resolvers, tried in turn. Default: those of `/etc/resolv.conf`.
    var resolvers: [SocketAddress] = []

    enum Key: String, ConfigurationKey {
        case resolvers
    }
}

extension DNSConfiguration: ConfigurationValue {
    static func read(_ cursor: ConfigurationCursor) -> DNSConfiguration? {
        guard let keys = cursor.object(Key.self) else { return nil }
        var dns = DNSConfiguration()
        keys.read(.resolvers, into: &dns.resolvers)
        return dns
    }
}
