// SPDX-License-Identifier: Apache-2.0

/// Which addresses origins may have that clients of the management API set. Whoever may set one has
/// visitors' requests sent there and gets the answers: without a bound to it also from what answers this
/// host alone, such as a cloud's metadata, and from ourselves.
package struct OriginTargets: Equatable, Sendable {
    /// `management.origins.allow`; nil: everywhere, as long as it is not refused to everybody.
    package var allowed: [Scope]?
    /// Where we listen ourselves.
    package var listeners: [SocketAddress]

    package enum Scope: Equatable, Sendable {
        /// The public internet.
        case `public`
        case block(AddressBlock)
    }

    package init(allowed: [Scope]? = nil, listeners: [SocketAddress] = []) {
        self.allowed = allowed
        self.listeners = listeners
    }

    /// Why no origin may be at `address`; nil: one may. Costs system calls where we have a listener with
    /// that port on all addresses.
    package func refusal(of address: SocketAddress) -> String? {
        let ip = address.ip.translated
        if Self.never.contains(ip) {
            return "\(address.ip) is an address that origins never have"
        }
        if isListener(ip, address.port) { return "nameplate itself listens at \(address)" }
        guard let allowed, !allowed.contains(where: { $0.contains(ip) }) else { return nil }
        return "\(address.ip) is not among management.origins.allow"
    }

    private func isListener(_ ip: IPAddress, _ port: UInt16) -> Bool {
        listeners.contains { listener in
            listener.port == port
                && (listener.ip.isUnspecified ? ip.isOwn : listener.ip.unmapped == ip)
        }
    }

    /// Link-local addresses, those of no single host, and those where clouds give away their instances'
    /// secrets: 169.254.169.254 and its like, Alibaba's, Oracle's and Azure's, then Amazon's and Google's
    /// by IPv6.
    private static let never: [AddressBlock] = [
        "0.0.0.0/8", "169.254.0.0/16", "224.0.0.0/4", "240.0.0.0/4", "100.100.100.200",
        "192.0.0.192", "168.63.129.16", "::", "fe80::/10", "ff00::/8", "fd00:ec2::254",
        "fd20:ce::254",
    ].compactMap { AddressBlock($0) }
}

extension OriginTargets.Scope {
    fileprivate func contains(_ ip: IPAddress) -> Bool {
        switch self {
        case .public: !AddressBlock.special.contains(ip)
        case .block(let block): block.contains(ip)
        }
    }
}
