// SPDX-License-Identifier: Apache-2.0

/// What an `HTTPClient` may take of ours and of the servers'.
package struct ClientConfiguration: Sendable {
    /// Connections to one server at a time; further requests wait their turn.
    package var connectionsPerOrigin = 64

    /// Connections to one server kept for the next request.
    package var idlePerOrigin = 32

    /// How long a connection is kept without a request.
    package var idleAge: Duration = .seconds(30)

    /// Requests that wait for a connection to one server; one more fails at once.
    package var waitingPerOrigin = 4096

    /// How long one address may take to accept a connection before the next is tried.
    package var connectTimeout: Duration = .seconds(10)

    /// Responses before the final one (1xx) that are read over.
    package var interimResponses = 16

    /// What is sent first on each connection, before TLS: a PROXY header.
    package var prologue: [UInt8] = []

    /// Bounds on the heads of responses.
    package var limits = HTTP1Limits()

    package init() {}
}
