// SPDX-License-Identifier: Apache-2.0
package import HTTP
package import Networking
package import TLS

/// Who is at the other end of a client connection, as the proxy sees it: made once a connection.
package final class Visitor {
    /// The address of the peer, or what it said in a PROXY header.
    package let address: IPAddress
    /// Whether the peer's own forwarding fields are believed.
    let isTrusted: Bool
    private let trusted: TrustedProxies
    /// The host names that this connection may ask for: the SNI name and what its certificate
    /// covers. Nil in the clear.
    private let credentialNames: [CertificateName]
    private let serverName: ServerName?
    /// Both ends of its connection, which origins may be told in a PROXY header. Found when first asked
    /// for: it costs a system call.
    package lazy var ends: ProxyHeader.Addresses? = findEnds()
    private let findEnds: () -> ProxyHeader.Addresses?
    /// The peer's address as text, for X-Forwarded-For.
    let addressText: [UInt8]
    /// The host that was checked last, as it was spelled: most connections name one only.
    private var accepted: [UInt8] = []

    package init(
        address: IPAddress, trusted: TrustedProxies, serverName: ServerName?,
        names: [CertificateName],
        ends: @escaping @autoclosure () -> ProxyHeader.Addresses? = nil
    ) {
        findEnds = ends
        self.address = address
        self.trusted = trusted
        isTrusted = trusted.contains(address)
        self.serverName = serverName
        credentialNames = names
        addressText = Array(address.description.utf8)
    }

    /// Who sent a request: the peer, or the one that it and other proxies that we trust say it is.
    /// This address is logged, and stands in `Forwarded` and in PROXY headers of ours.
    func client(of request: @autoclosure () -> RequestHead) -> IPAddress {
        isTrusted ? trusted.client(behind: address, in: request().fields) : address
    }

    /// Whether a request for `host` may come over this connection: its SNI name, or another one
    /// that the same certificate covers. Otherwise 421 (RFC 9110 §15.5.20): the client thought
    /// that two customers share a connection.
    func mayAsk(for host: Span<UInt8>) -> Bool {
        let accepted = accepted
        if !accepted.isEmpty, accepted.span.holdsSameBytes(as: host) { return true }
        guard let bytes = host.copied(upTo: Self.hostBytesMax) else { return false }
        guard let name = ServerName(String(decoding: bytes, as: UTF8.self)) else { return false }
        guard name == serverName || credentialNames.contains(where: { $0.covers(name) }) else {
            return false
        }
        self.accepted = bytes
        return true
    }

    /// A name has 253 bytes at most (RFC 1035 §3.1); it may end in a dot.
    private static let hostBytesMax = 254
}

extension Span<UInt8> {
    fileprivate func holdsSameBytes(as other: Span<UInt8>) -> Bool {
        guard count == other.count else { return false }
        for index in indices where self[index] != other[index] { return false }
        return true
    }
}
