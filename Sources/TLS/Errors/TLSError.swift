// SPDX-License-Identifier: Apache-2.0
import Glibc

/// What goes wrong in this room, told by who is to blame.
package enum TLSError: Error, Hashable {
    /// The peer and we have nothing in common: a version, a cipher, an application protocol.
    case peerIncompatible(String)
    /// The peer sent what no TLS speaker would send: garbage, a broken record.
    case peerMisbehaved(String)
    /// As a server: the peer speaks HTTP, and no TLS below it.
    case plainHTTP
    /// The peer gave up and said why.
    case alertReceived(TLSAlert)
    /// The certificate selector refused the handshake, and the peer was told with this alert.
    case refused(TLSAlert)
    /// As a client: the server's certificate is not to be trusted, or is for another name.
    case certificateRejected(String)
    /// The peer left in the middle of the handshake.
    case closedByPeer
    /// The socket failed, with this `errno`.
    case transport(CInt)
    /// A certificate, key or request that was given to us is no good.
    case unusable(String)
    /// OpenSSL failed us, or we used it wrongly.
    case ours(String)

    /// Who has to do something about it.
    package enum Blame: String, Sendable {
        case peer, network, `operator`, ours
    }

    package var blame: Blame {
        switch self {
        case .peerIncompatible, .peerMisbehaved, .plainHTTP, .alertReceived, .refused,
            .certificateRejected:
            .peer
        case .closedByPeer, .transport: .network
        case .unusable: .operator
        case .ours: .ours
        }
    }
}

extension TLSError: CustomStringConvertible {
    package var description: String {
        switch self {
        case .peerIncompatible(let detail): "nothing in common with the peer: \(detail)"
        case .peerMisbehaved(let detail): "the peer broke the protocol: \(detail)"
        case .plainHTTP: "the peer speaks HTTP without TLS"
        case .alertReceived(let alert): "the peer gave up with alert \(alert.name)"
        case .refused(let alert): "refused with alert \(alert.name)"
        case .certificateRejected(let detail): "the peer's certificate is not accepted: \(detail)"
        case .closedByPeer: "the peer closed during the handshake"
        case .transport(let code): "the connection failed: \(String(cString: strerror(code)))"
        case .unusable(let detail): detail
        case .ours(let detail): "OpenSSL failed: \(detail)"
        }
    }
}
