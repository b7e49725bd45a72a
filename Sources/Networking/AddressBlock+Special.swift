// SPDX-License-Identifier: Apache-2.0

extension AddressBlock {
    /// What is not the public internet: IANA's special-purpose registries (RFC 6890) and multicast.
    /// `169.254.0.0/16` and `fd00:ec2::254` have the metadata of clouds, and so has Alibaba's
    /// `100.100.100.200`, within the carriers' NAT.
    package static let special: [AddressBlock] = [
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
