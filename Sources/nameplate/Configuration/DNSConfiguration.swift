// SPDX-License-Identifier: Apache-2.0
import Networking

/// `dns`: who is asked about customers' names, and who takes our records.
struct DNSConfiguration: Equatable, Sendable {
    /// Recursive resolvers, tried in turn. Default: those of `/etc/resolv.conf`.
    var resolvers: [SocketAddress] = []
    /// The server of the challenge zone. Default: none, we answer for it ourselves.
    var update: UpdateConfiguration?

    enum Key: String, ConfigurationKey {
        case resolvers
        case update
    }
}

extension DNSConfiguration: ConfigurationValue {
    static func read(_ cursor: ConfigurationCursor) -> DNSConfiguration? {
        guard let keys = cursor.object(Key.self) else { return nil }
        var dns = DNSConfiguration()
        keys.read(.resolvers, into: &dns.resolvers)
        keys.read(.update, into: &dns.update)
        return dns
    }
}
