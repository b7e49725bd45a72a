// SPDX-License-Identifier: Apache-2.0
package import HTTP
package import Networking

/// Which addresses webhooks may lead to. Whoever may make a webhook could otherwise have us send requests
/// to what only we can reach: our own ports, the neighbours' consoles, the cloud's metadata.
package struct WebhookTargets: Sendable {
    /// `management.webhooks.allow`: blocks that are not refused, by `http` either.
    package var allowed: [AddressBlock]

    package init(allowed: [AddressBlock] = []) {
        self.allowed = allowed
    }

    /// Whether an address may be connected to: by `https` whatever is public, by `http` only what is
    /// allowed expressly, for others on the way could read the events.
    package func admits(_ address: IPAddress, by scheme: HTTPURL.Scheme) -> Bool {
        let address = address.unmapped
        if allowed.contains(address) { return true }
        return scheme == .https && !Self.special.contains(address)
    }

    /// What is wrong with a webhook's URL as far as it can be told without a lookup; nil: nothing.
    package func fault(of text: String) -> String? {
        guard text.utf8.count <= Self.urlBytesMax, let url = HTTPURL(text) else {
            return "expected an absolute https URL without user information"
        }
        if let address = IPAddress(url.host) {
            guard admits(address, by: url.scheme) else { return refusal(of: "\(address)") }
        } else if url.scheme != .https, allowed.isEmpty {
            return "expected an https URL"
        }
        return nil
    }

    func refusal(of target: String) -> String {
        "\(target) is not a public address that is reached by https, and not among "
            + "management.webhooks.allow"
    }

    package static var urlBytesMax: Int { 2048 }

    /// What is not the public internet: IANA's special-purpose registries (RFC 6890) and multicast.
    /// `169.254.0.0/16` and `fd00:ec2::254` have the metadata of clouds, and so has Alibaba's
    /// `100.100.100.200`, within the carriers' NAT.
    private static let special: [AddressBlock] = [
        "0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16",
        "172.16.0.0/12", "192.0.0.0/24", "192.0.2.0/24", "192.88.99.0/24", "192.168.0.0/16",
        "198.18.0.0/15", "198.51.100.0/24", "203.0.113.0/24", "224.0.0.0/4", "240.0.0.0/4",
        // Unspecified, loopback and the old IPv4-compatible addresses; NAT64, which leads to any
        // IPv4 address again, as 6to4 and Teredo do; documentation; ULA; link-local; site-local;
        // multicast.
        "::/96", "64:ff9b::/96", "64:ff9b:1::/48", "100::/64", "2001::/23", "2001:db8::/32",
        "2002::/16", "3fff::/20", "5f00::/16", "fc00::/7", "fe80::/10", "fec0::/10", "ff00::/8",
    ].compactMap { AddressBlock($0) }
}
