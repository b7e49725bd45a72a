// SPDX-License-Identifier: Apache-2.0
package import Networking

/// The peers whose word about the client behind them is believed.
package struct TrustedProxies: Sendable {
    /// A block of addresses: `10.0.0.0/8`, `2001:db8::/32`, or a single address.
    package struct Block: Sendable, Equatable {
        private let network: [UInt8]
        private let length: Int

        /// Nil when `text` is not an address with an optional prefix length.
        package init?(_ text: String) {
            let parts = text.split(separator: "/", omittingEmptySubsequences: false)
            guard let first = parts.first, parts.count <= 2, let ip = IPAddress(String(first))
            else { return nil }
            network = ip.bytes
            guard parts.count == 2 else {
                length = network.count * 8
                return
            }
            guard let length = Int(parts[1]), (0...network.count * 8).contains(length) else {
                return nil
            }
            self.length = length
        }

        package func contains(_ ip: IPAddress) -> Bool {
            let bytes = ip.bytes
            guard bytes.count == network.count else { return false }
            let whole = length / 8
            guard bytes.prefix(whole).elementsEqual(network.prefix(whole)) else { return false }
            let rest = length % 8
            guard rest > 0 else { return true }
            let mask = ~(UInt8(0xff) >> UInt8(rest))
            return bytes[whole] & mask == network[whole] & mask
        }
    }

    private let blocks: [Block]

    package init(_ blocks: [Block] = []) {
        self.blocks = blocks
    }

    package func contains(_ ip: IPAddress) -> Bool {
        blocks.contains { $0.contains(ip) }
    }
}
