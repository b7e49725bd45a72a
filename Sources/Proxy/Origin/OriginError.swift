// SPDX-License-Identifier: Apache-2.0
package import Networking
package import TLS

/// Why a request could not be handed to the origin, or its answer not be taken.
package enum OriginError: Error, CustomStringConvertible {
    case unresolvable(String)
    /// Its address is one that clients of the management API may not send requests to.
    case forbidden(String)
    case unreachable(SocketAddress, StreamError)
    case tls(SocketAddress, TLSError)
    /// No answer within the time: what was waited for.
    case timedOut(String)
    /// What came was not HTTP/1.1 as RFC 9112 has it.
    case malformed(String)
    /// It says that it has not looked at the request (RFC 9113 §8.7).
    case refused(String)
    /// It closed or reset the connection before its answer began.
    case closedEarly(String)

    /// Whether the request may be sent once more: the origin has not looked at it (RFC 9113 §8.7), or
    /// looking twice does no harm (RFC 9110 §9.2.2).
    func allowsSendingAgain(isIdempotent: Bool) -> Bool {
        switch self {
        case .refused: true
        case .closedEarly: isIdempotent
        case .unresolvable, .forbidden, .unreachable, .tls, .timedOut, .malformed: false
        }
    }

    /// What the client is told (RFC 9110 §15.6).
    package var status: Int {
        switch self {
        case .timedOut, .unreachable(_, .timedOut): 504
        default: 502
        }
    }

    package var description: String {
        switch self {
        case .unresolvable(let reason): "cannot look up the origin: \(reason)"
        case .forbidden(let why): "the origin is not asked: \(why)"
        case .unreachable(let address, let error): "cannot reach the origin at \(address): \(error)"
        case .tls(let address, let error): "TLS with the origin at \(address): \(error)"
        case .timedOut(let phase): "the origin did not answer in time: \(phase)"
        case .malformed(let what): "the origin's answer is malformed: \(what)"
        case .refused(let why): "the origin refused the request: \(why)"
        case .closedEarly(let phase): "the origin closed the connection \(phase)"
        }
    }
}
