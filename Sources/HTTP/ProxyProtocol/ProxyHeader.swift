// SPDX-License-Identifier: Apache-2.0
package import Networking

/// What a proxy in front of a connection says of it in its first bytes: the PROXY protocol, version
/// 1 (a line of text) or 2 (binary), as HAProxy's `proxy-protocol.txt` has it.
package struct ProxyHeader: Equatable, Sendable {
    /// The two ends of the connection that the proxy was made.
    package struct Addresses: Equatable, Sendable {
        package var source: SocketAddress
        package var destination: SocketAddress

        package init(source: SocketAddress, destination: SocketAddress) {
            self.source = source
            self.destination = destination
        }
    }

    package enum Version: Sendable, CaseIterable {
        case v1, v2
    }

    /// Nil when the proxy speaks for itself (LOCAL), or of a connection that has no IP addresses or
    /// is no TCP (UNKNOWN, UNSPEC, UNIX): the peer is then the client.
    package var addresses: Addresses?

    package init(_ addresses: Addresses?) {
        self.addresses = addresses
    }

    /// The longest line of version 1, its CRLF counted (§2.1).
    package static let lineBytesMax = 107
    /// The longest header of version 2 that is taken, its extensions counted. The addresses need
    /// 232 bytes at most.
    package static let binaryBytesMax = 4096

    /// What version 2 begins with (§2.2).
    static let signature: InlineArray<12, UInt8> = [
        0x0d, 0x0a, 0x0d, 0x0a, 0x00, 0x0d, 0x0a, 0x51, 0x55, 0x49, 0x54, 0x0a,
    ]
    /// `PROXY `: what version 1 begins with (§2.1).
    static let word: InlineArray<6, UInt8> = [0x50, 0x52, 0x4f, 0x58, 0x59, 0x20]
}

extension ProxyHeader {
    /// Appends the header as it goes before everything else to a server that expects it.
    ///
    /// Ends of different families are both written as IPv6, the IPv4 one mapped (RFC 4291 §2.5.5.2).
    package func append(_ version: Version, to output: inout ByteBuffer) {
        switch version {
        case .v1: appendLine(to: &output)
        case .v2: appendBinary(to: &output)
        }
    }

    private func appendLine(to output: inout ByteBuffer) {
        guard let addresses = addresses?.ofOneFamily else {
            return output.append("PROXY UNKNOWN\r\n")
        }
        if case .v4 = addresses.source.ip {
            output.append("PROXY TCP4 ")
        } else {
            output.append("PROXY TCP6 ")
        }
        output.append(addresses.source.ip.description)
        output.append(.space)
        output.append(addresses.destination.ip.description)
        output.append(.space)
        output.append(decimal: UInt64(addresses.source.port))
        output.append(.space)
        output.append(decimal: UInt64(addresses.destination.port))
        output.append("\r\n")
    }

    private func appendBinary(to output: inout ByteBuffer) {
        for index in Self.signature.indices { output.append(Self.signature[index]) }
        guard let addresses = addresses?.ofOneFamily else {
            output.append(Command.local.rawValue | Self.binaryVersion << 4)
            output.append(Family.unspecified.rawValue)
            return output.append(bigEndian: 0)
        }
        output.append(Command.proxy.rawValue | Self.binaryVersion << 4)
        let source = addresses.source.ip.bytes
        let destination = addresses.destination.ip.bytes
        let family = source.count == 4 ? Family.tcp4 : Family.tcp6
        output.append(family.rawValue)
        output.append(bigEndian: UInt16(family.addressBytes))
        output.append(source)
        output.append(destination)
        output.append(bigEndian: addresses.source.port)
        output.append(bigEndian: addresses.destination.port)
    }

    /// The high half of the thirteenth byte.
    static let binaryVersion: UInt8 = 2

    /// The low half of the thirteenth byte.
    enum Command: UInt8 {
        case local = 0
        case proxy = 1
    }

    /// The fourteenth byte: every family and transport that the specification assigns.
    enum Family: UInt8 {
        case unspecified = 0x00
        case tcp4 = 0x11
        case udp4 = 0x12
        case tcp6 = 0x21
        case udp6 = 0x22
        case unixStream = 0x31
        case unixDatagram = 0x32

        /// How many bytes of addresses it has; extensions may follow.
        var addressBytes: Int {
            switch self {
            case .unspecified: 0
            case .tcp4, .udp4: 12
            case .tcp6, .udp6: 36
            case .unixStream, .unixDatagram: 216
            }
        }
    }
}

extension ProxyHeader.Addresses {
    fileprivate var ofOneFamily: Self {
        switch (source.ip, destination.ip) {
        case (.v4, .v4), (.v6, .v6): self
        default:
            Self(
                source: SocketAddress(ip: source.ip.mapped, port: source.port),
                destination: SocketAddress(ip: destination.ip.mapped, port: destination.port))
        }
    }
}

extension IPAddress {
    fileprivate var mapped: IPAddress {
        guard case .v4(let address) = self else { return self }
        return .v6(0, 0xffff << 32 | UInt64(address))
    }
}

extension ByteBuffer {
    fileprivate mutating func append(bigEndian number: UInt16) {
        append(UInt8(truncatingIfNeeded: number >> 8))
        append(UInt8(truncatingIfNeeded: number))
    }
}
