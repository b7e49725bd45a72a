// SPDX-License-Identifier: Apache-2.0
package import Networking
package import TLS

/// A handshake that waits for a certificate. Its identity is the object.
package final class Hold: Sendable {
    package let name: ServerName
    package let source: HoldSource
    /// When it gives up.
    package let deadline: Instant

    package init(name: ServerName, source: HoldSource, deadline: Instant) {
        self.name = name
        self.source = source
        self.deadline = deadline
    }
}

/// Who a held handshake is counted against: an IPv4 address, or the /64 that an IPv6 subscriber has
/// to himself.
package struct HoldSource: Hashable, Sendable {
    private let prefix: IPAddress?

    /// From 4 or 16 bytes in network order; all that is neither counts as one source.
    package init(addressBytes: [UInt8]) {
        self.init(IPAddress(bytes: addressBytes))
    }

    private init(_ address: IPAddress?) {
        prefix =
            switch address?.unmapped {
            case .v6(let network, _): .v6(network, 0)
            case let four: four
            }
    }
}
