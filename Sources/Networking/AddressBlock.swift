// SPDX-License-Identifier: Apache-2.0

/// A block of addresses: `10.0.0.0/8`, `2001:db8::/32`, or a single address.
package struct AddressBlock: Sendable, Equatable {
    private let network: IPAddress
    private let length: Int

    /// Nil when `text` is not an address with an optional prefix length.
    package init?(_ text: String) {
        let parts = text.split(separator: "/", maxSplits: 1, omittingEmptySubsequences: false)
        guard let ip = parts.first.flatMap({ IPAddress(String($0)) }) else { return nil }
        let bits = ip.isV4 ? 32 : 128
        var length = bits
        if parts.count == 2 {
            guard parts[1].utf8.allSatisfy({ (0x30...0x39).contains($0) }),
                let given = Int(parts[1]), given <= bits
            else { return nil }
            length = given
        }
        // Peers that come in through an IPv6 socket are named by their IPv4 addresses.
        if ip.unmapped != ip, length >= 96 {
            self.init(ip.unmapped, length: length - 96)
        } else {
            self.init(ip, length: length)
        }
    }

    private init(_ network: IPAddress, length: Int) {
        self.network = network
        self.length = length
    }

    package func contains(_ ip: IPAddress) -> Bool {
        switch (network, ip) {
        case (.v4(let network), .v4(let address)):
            return (network ^ address) & ~(UInt32.max >> UInt32(length)) == 0
        case (.v6(let high, let low), .v6(let addressHigh, let addressLow)):
            return (high ^ addressHigh) & ~(UInt64.max >> UInt64(length)) == 0
                && (low ^ addressLow) & ~(UInt64.max >> UInt64(max(length - 64, 0))) == 0
        default: return false
        }
    }
}

extension Collection<AddressBlock> {
    /// Whether one of the blocks has this address.
    package func contains(_ ip: IPAddress) -> Bool {
        contains { $0.contains(ip) }
    }
}

extension IPAddress {
    fileprivate var isV4: Bool {
        if case .v4 = self { true } else { false }
    }
}
