// SPDX-License-Identifier: Apache-2.0
import HTTP
package import Networking
package import TLS

/// One server that answers requests: an entry of `application_url`.
package struct Origin {
    package let url: OriginURL
    /// Turns the host of `url` into addresses; asked again for each new connection.
    package let lookup: any HostLookup
    /// For `https`: what the origin's certificate must chain to. Of the loop that connects.
    package let tls: ClientContext?
    /// Which addresses it may have; nil: any, for it is the operator's own.
    var restriction: OriginRestriction?

    package init(url: OriginURL, lookup: any HostLookup, tls: ClientContext?) {
        self.url = url
        self.lookup = lookup
        self.tls = url.url.scheme == .https ? tls : nil
    }

    /// Throws `.forbidden` where it may not be at an address to which its host leads.
    func requireAdmitted(_ address: SocketAddress) throws(OriginError) {
        guard let why = restriction?.targets.refusal(of: address) else { return }
        throw .forbidden(why)
    }

    /// A transport over a fresh connection, its handshake still to be made.
    func transport(
        over socket: TCPSocket, isHTTP1Only: Bool
    ) throws(TLSError) -> Transport {
        guard let tls else { return Transport(socket) }
        let connection = try TLSConnection(
            client: tls, descriptor: socket.descriptor, serverName: url.url.host)
        if isHTTP1Only { try connection.offer(["http/1.1"]) }
        return Transport(socket, tls: connection)
    }

    /// What is spoken over `transport`, whose handshake is made: RFC 9113 §3.2, §3.3.
    func version(over transport: Transport) -> HTTPVersion {
        url.isPriorKnowledge || transport.tls?.negotiatedALPN == "h2" ? .http2 : .http11
    }
}
