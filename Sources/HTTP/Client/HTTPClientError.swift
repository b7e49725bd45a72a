// SPDX-License-Identifier: Apache-2.0

/// Why a request of ours got no response, and whose fault that is.
package enum HTTPClientError: Error, Sendable, CustomStringConvertible {
    /// What was being waited for when the time was up.
    package enum Phase: String, Sendable {
        /// A free connection among those allowed to one origin.
        case connection
        case lookup, connect, handshake, request, response
    }

    /// The host has no address; the text says why.
    case unresolvable(host: String, reason: String)
    /// No address of the host took the connection; the last one tried and what it said.
    case unreachable(address: String, reason: String)
    /// The server's certificate or handshake was refused, by us or by it.
    case tls(host: String, reason: String)
    case timedOut(Phase)
    /// What came is not HTTP, or broke the grammar.
    case malformed(reason: String)
    /// The body is larger than the caller would take.
    case tooLarge(limit: Int)
    /// The server closed or reset the connection before the response was whole.
    case closed
    /// The request cannot be written: a method or field of it is not well-formed.
    case unsendable(reason: String)
    /// The task that asked was cancelled.
    case cancelled

    package var description: String {
        switch self {
        case .unresolvable(let host, let reason): "looking up \(host): \(reason)"
        case .unreachable(let address, let reason): "connecting to \(address): \(reason)"
        case .tls(let host, let reason): "TLS with \(host): \(reason)"
        case .timedOut(let phase): "timed out waiting for \(Self.words(phase))"
        case .malformed(let reason): "the answer is not HTTP: \(reason)"
        case .tooLarge(let limit): "the answer is larger than \(limit) bytes"
        case .closed: "the server closed the connection before the answer was whole"
        case .unsendable(let reason): "the request cannot be sent: \(reason)"
        case .cancelled: "cancelled"
        }
    }

    private static func words(_ phase: Phase) -> String {
        switch phase {
        case .connection: "a free connection"
        case .lookup: "the address"
        case .connect: "the connection"
        case .handshake: "the TLS handshake"
        case .request: "the server to take the request"
        case .response: "the response"
        }
    }
}
