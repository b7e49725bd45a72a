// SPDX-License-Identifier: Apache-2.0
import HTTP
package import Networking

/// The peers whose word about the client behind them is believed.
package struct TrustedProxies: Sendable {
    private let blocks: [AddressBlock]

    package init(_ blocks: [AddressBlock] = []) {
        self.blocks = blocks
    }

    package func contains(_ ip: IPAddress) -> Bool {
        blocks.contains(ip)
    }

    /// The most entries that are looked at: more proxies in a row are a loop or a lie.
    static let walkedMax = 32

    /// Who sent a request that `peer` passed on: going back from the peer through the hops that were
    /// noted, the first that is not itself trusted. What stands before it may be anybody's invention.
    ///
    /// The hops are those of X-Forwarded-For, or of Forwarded (RFC 7239) when there is none. At an
    /// entry that is no address the walk ends with the hop behind it, and so it does after
    /// `walkedMax` entries.
    func client(behind peer: IPAddress, in fields: Fields) -> IPAddress {
        guard contains(peer) else { return peer }
        let name: FieldName = fields.contains(.xForwardedFor) ? .xForwardedFor : .forwarded
        var walk = Walk(hop: peer)
        var index = fields.count
        while index > 0, !walk.isOver {
            index -= 1
            guard fields.name(at: index) == name else { continue }
            fields.withValue(at: index) { take(&walk, through: $0, of: name) }
        }
        return walk.hop
    }

    private struct Walk {
        var hop: IPAddress
        var entries = 0
        var isOver = false
    }

    private func take(_ walk: inout Walk, through value: Span<UInt8>, of name: FieldName) {
        var end = value.count
        while end >= 0, !walk.isOver {
            let start = value.startOfMember(endingAt: end, heedingQuotes: name == .forwarded)
            let entry = value.trimmingBlanks(start..<end)
            end = start - 1
            guard !entry.isEmpty else { continue }
            walk.entries += 1
            let node =
                name == .forwarded
                ? ForwardedElement.node(in: value.extracting(entry))
                : value.extracting(entry).copied(upTo: IPAddress.nodeBytesMax)
            guard walk.entries <= Self.walkedMax, let ip = node.flatMap({ IPAddress(node: $0) })
            else {
                walk.isOver = true
                return
            }
            walk.hop = ip
            walk.isOver = !contains(ip)
        }
    }
}

extension Span<UInt8> {
    /// Where the member of a list begins that ends before `end`: behind the comma before it.
    ///
    /// Read from the right, so that nothing on the left, which comes from further away, can change
    /// what the last entries say: not even a quote that is never closed.
    fileprivate func startOfMember(endingAt end: Int, heedingQuotes: Bool) -> Int {
        var isQuoted = false
        var index = end
        while index > 0 {
            let byte = self[index - 1]
            if byte == .comma, !isQuoted { return index }
            if heedingQuotes, byte == .quote, !isQuoted || !isEscaped(index - 1) {
                isQuoted.toggle()
            }
            index -= 1
        }
        return 0
    }

    /// Whether an odd number of backslashes stands before the byte there (RFC 9110 §5.6.4).
    private func isEscaped(_ place: Int) -> Bool {
        var start = place
        while start > 0, self[start - 1] == .backslash { start -= 1 }
        return (place - start) % 2 == 1
    }

    /// The bytes in memory of their own; nil when there are more than `count`.
    func copied(upTo most: Int) -> [UInt8]? {
        guard count <= most else { return nil }
        var bytes: [UInt8] = []
        bytes.reserveCapacity(count)
        for index in indices { bytes.append(self[index]) }
        return bytes
    }
}
