// SPDX-License-Identifier: Apache-2.0

/// One way to speak to the management: the native API, or that of another company. Translates between
/// HTTP and `Lifecycle`, and has no state of its own.
///
/// Called on the management loop, by any number of requests at once.
package protocol ManagementDialect: Sendable {
    /// Whether requests with this path are its own. No two dialects share one.
    func claims(_ request: ManagementRequest) -> Bool
    /// Who has sent a request, by its head alone: its body is read when that is known.
    func admit(_ request: ManagementRequest) async -> Admission
    /// The answer; every error is one too, in the dialect's own shape.
    func respond(to request: ManagementRequest) async -> ManagementResponse
    /// The answer to a request that could not be read. Its body is empty.
    func respond(to fault: RequestFault, of request: ManagementRequest) -> ManagementResponse
}

/// Whose places a request takes, and whether its body is read at all.
package enum Admission: Sendable {
    /// A client's, whose secret or token its head has.
    case client(ManagementClient)
    /// Its head needs no credentials, or its body is to have them: nobody's in particular.
    case stranger
    /// It is answered as it is.
    case declined(ManagementResponse)
}

/// Why a request is answered before a dialect has seen its body.
package enum RequestFault: Error, Hashable, Sendable {
    /// Its body is longer than so many bytes: `ManagementServer.bodyBytesMax`, or less for strangers.
    case bodyTooLarge(max: Int)
    /// Its body breaks the framing of HTTP/1.1; in words.
    case malformedBody(String)
    /// Its body was not whole in time: see `ManagementServer.Configuration`.
    case bodyTooSlow
    /// Who has sent it has too many requests under way, or all have.
    case overloaded

    package var status: Int {
        switch self {
        case .bodyTooLarge: 413
        case .malformedBody: 400
        case .bodyTooSlow: 408
        case .overloaded: 503
        }
    }

    /// A sentence for the client.
    package var description: String {
        switch self {
        case .bodyTooLarge(let max): "The body is longer than \(max) bytes."
        case .malformedBody(let why): "The body cannot be read: \(why)."
        case .bodyTooSlow: "The body did not come in time; send it again."
        case .overloaded: "Too many requests are under way; try again in a second."
        }
    }
}
