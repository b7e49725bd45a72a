// SPDX-License-Identifier: Apache-2.0
import CLinux
import Glibc

/// An IPv4 or IPv6 address without a port.
package enum IPAddress: Hashable, Sendable, CustomStringConvertible {
    /// Four bytes, most significant first.
    case v4(UInt32)
    /// Sixteen bytes, most significant first.
    case v6(UInt64, UInt64)

    /// Reads a numeric address: `192.0.2.1`, `2001:db8::1`. Brackets and zones are not accepted.
    package init?(_ text: String) {
        var four = in_addr()
        if inet_pton(AF_INET, text, &four) == 1 {
            self = .v4(UInt32(bigEndian: four.s_addr))
            return
        }
        var six = in6_addr()
        guard inet_pton(AF_INET6, text, &six) == 1 else { return nil }
        self.init(six)
    }

    /// The same from the bytes of a text, which may come from a peer: no NUL in it can end it early.
    package init?(ascii text: some Collection<UInt8>) {
        let isAddress =
            text.count < Int(INET6_ADDRSTRLEN)
            && text.allSatisfy { byte in
                (0x30...0x3a).contains(byte) || (0x61...0x66).contains(byte | 0x20)
                    || byte == UInt8(ascii: ".")
            }
        guard isAddress else { return nil }
        self.init(String(decoding: text, as: UTF8.self))
    }

    /// Reads 4 or 16 bytes in network order, as in A and AAAA records and certificates.
    package init?(bytes: some Collection<UInt8>) {
        switch bytes.count {
        case 4: self = .v4(bytes.reduce(0) { $0 << 8 | UInt32($1) })
        case 16:
            self = .v6(
                bytes.prefix(8).reduce(0) { $0 << 8 | UInt64($1) },
                bytes.dropFirst(8).reduce(0) { $0 << 8 | UInt64($1) })
        default: return nil
        }
    }

    init(_ address: in6_addr) {
        var address = address
        let bytes = withUnsafeBytes(of: &address) { Array($0) }
        self = .v6(
            bytes.prefix(8).reduce(0) { $0 << 8 | UInt64($1) },
            bytes.dropFirst(8).reduce(0) { $0 << 8 | UInt64($1) })
    }

    /// 4 or 16 bytes in network order.
    package var bytes: [UInt8] {
        switch self {
        case .v4(let value): withUnsafeBytes(of: value.bigEndian) { Array($0) }
        case .v6(let high, let low):
            withUnsafeBytes(of: high.bigEndian) { Array($0) }
                + withUnsafeBytes(of: low.bigEndian) { Array($0) }
        }
    }

    /// An IPv4 address that came in through an IPv6 socket, as the IPv4 address it is.
    package var unmapped: IPAddress {
        guard case .v6(0, let low) = self, low >> 32 == 0xffff else { return self }
        return .v4(UInt32(truncatingIfNeeded: low))
    }

    /// What everybody who has this address has: for IPv6 the network of its first 64 bits, for IPv4 itself.
    package var network: IPAddress {
        switch unmapped {
        case .v4(let value): .v4(value)
        case .v6(let high, _): .v6(high, 0)
        }
    }

    package var description: String {
        var text = [CChar](repeating: 0, count: Int(INET6_ADDRSTRLEN))
        let bytes = bytes
        let family = bytes.count == 4 ? AF_INET : AF_INET6
        guard inet_ntop(family, bytes, &text, socklen_t(text.count)) != nil else { return "?" }
        return text.withUnsafeBufferPointer { characters in
            characters.baseAddress.map { String(cString: $0) } ?? "?"
        }
    }
}
