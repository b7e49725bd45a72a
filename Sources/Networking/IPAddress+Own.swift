// SPDX-License-Identifier: Apache-2.0
import CLinux
import Glibc

extension IPAddress {
    /// Whether it is every address of a host at once: where a listener has this one, it has each.
    package var isUnspecified: Bool { self == .v4(0) || self == .v6(0, 0) }

    /// Whether it is one of this host's own, the loopback's included. A few system calls.
    package var isOwn: Bool {
        if Self.loopback.contains(unmapped) { return true }
        // To its own addresses the kernel sends from these very addresses. Nothing is sent here.
        let target = SocketAddress(ip: unmapped, port: 9)
        let number = socket(
            target.family, CInt(SOCK_DGRAM.rawValue) | SOCK_NONBLOCK_FLAG | SOCK_CLOEXEC_FLAG, 0)
        guard number >= 0 else { return false }
        defer { Glibc.close(number) }
        guard target.withSockAddr({ Glibc.connect(number, $0, $1) }) == 0 else { return false }
        return boundAddress(of: number)?.ip == target.ip
    }

    /// The IPv4 address that an IPv6 one leads to, by mapping or by NAT64 (RFC 6052 §2.1); else itself.
    package var translated: IPAddress {
        guard case .v6(0x0064_ff9b_0000_0000, let low) = self, low >> 32 == 0 else {
            return unmapped
        }
        return .v4(UInt32(truncatingIfNeeded: low))
    }

    private static let loopback = ["127.0.0.0/8", "::1"].compactMap { AddressBlock($0) }
}
