// SPDX-License-Identifier: Apache-2.0
import Glibc
import HTTP
import Networking
import TLS

// Which kind of failure an error of the rooms below is.
extension LoadFailure {
    /// While the connection was being made.
    init(connecting error: StreamError) {
        self =
            switch error {
            case .timedOut: .unreachable("no answer")
            case .reset: .reset
            case .closed: .ours("closed")
            case .system(let error):
                switch error.code {
                case ECONNREFUSED: .closedPort
                case EADDRNOTAVAIL: .ours("no local port is free")
                case EMFILE, ENFILE, ENOMEM, ENOBUFS, EACCES, EPERM: .ours(error.description)
                default: .unreachable(error.reason)
                }
            }
    }

    /// Afterwards. `beforeServerHello`: the handshake failed, and nothing of TLS had been heard.
    init(_ error: TransportError, beforeServerHello: Bool = false) {
        self =
            switch error {
            case .stream(.timedOut): .stalled
            case .stream(.reset): .reset
            case .stream(.closed): .ours("closed")
            case .stream(.system(let error)): .unreachable(error.reason)
            case .tls(let error): Self.kind(of: error, beforeServerHello: beforeServerHello)
            }
    }

    private static func kind(of error: TLSError, beforeServerHello: Bool) -> LoadFailure {
        switch error {
        case .alertReceived(let alert): .alert(alert)
        case .closedByPeer: .closedEarly
        case .transport(ECONNRESET), .transport(EPIPE): .reset
        case .transport: .unreachable(error.description)
        case .peerIncompatible(let detail): .incompatible(detail)
        case .peerMisbehaved where beforeServerHello, .plainHTTP: .notTLS
        case .peerMisbehaved(let detail): .brokenTLS(detail)
        case .refused, .certificateRejected, .unusable, .ours: .ours(error.description)
        }
    }

    /// Whether the same will happen again at once, without the server having had to work for it: then
    /// a connection pauses before its next try.
    var asksForPause: Bool {
        switch self {
        case .alert, .status, .served: false
        default: true
        }
    }
}
