// SPDX-License-Identifier: Apache-2.0
package import Networking
import TLS

/// Why a server connection ended before its peer asked for it.
package enum ServerError: Error, CustomStringConvertible {
    /// What was sent is not a request: `status` was answered, or is to be.
    case malformed(HTTP1Error)
    case transport(TransportError)
    /// The peer ended in the middle of a head or a body.
    case truncated
    /// It sent a body that is longer than allowed.
    case contentTooLarge

    package var description: String {
        switch self {
        case .malformed(let error): "malformed request: \(error)"
        case .transport(let error): error.description
        case .contentTooLarge: "the request's body is too long"
        case .truncated: "the client left in the middle of a request"
        }
    }
}

/// The server's side of one HTTP/1.1 connection: one request after the other, on one loop.
package final class ServerConnection {
    /// How long a client may take.
    package struct Timeouts: Sendable, Equatable {
        /// For a whole request head, from its first byte (for the first request: from the end of
        /// the handshake).
        package var head = Duration.seconds(15)
        /// For the next request of a kept connection to begin.
        package var idle = Duration.seconds(75)
        /// Between two pieces of a request body, or of an answer that the client takes.
        package var body = Duration.seconds(60)
        /// What is read and dropped after an error answer, so that the client gets to read it.
        package var linger = Duration.seconds(2)

        package init() {}
    }

    package let channel: Channel
    /// The request at hand.
    package var request = RequestHead()
    /// Set when this answer is the last one of the connection.
    package var closesAfterResponse = false
    package let timeouts: Timeouts
    let limits: HTTP1Limits
    /// Told how a tunnel over this connection is drained, when one begins.
    package var onTunnel: ((_ drain: @escaping () -> Void) -> Void)?
    /// Whether the wait for the next request ended because the set of connections asked for it; the next
    /// `nextRequest` takes it up.
    package private(set) var isParked = false
    private var parser: RequestParser
    private var requests = 0

    package init(_ transport: Transport, limits: HTTP1Limits, timeouts: Timeouts) {
        channel = Channel(transport)
        self.limits = limits
        parser = RequestParser(limits: limits)
        self.timeouts = timeouts
    }

    /// Reads the next request head into `request`; false when there is none to come: the peer
    /// ended in good order, or said nothing for too long; or there is no task needed to wait for it
    /// (`isParked`). `member` learns when nothing would be lost by closing.
    package func nextRequest(_ member: ConnectionSet.Member?) async throws(ServerError) -> Bool {
        request.removeAll(keepingCapacity: true)
        if channel.input.isEmpty {
            member?.isIdle = true
            guard try await waitForRequest(member) else { return false }
        }
        member?.isIdle = false
        requests += 1
        // One that asks again is likely to go on; `ConnectionSet` notices when it does not.
        if requests > 1 { channel.transport.tls?.keepBuffers() }
        channel.allow(timeouts.head)
        while true {
            if try parseHead() {
                closesAfterResponse = !request.keepsAlive
                return true
            }
            if try await fill() == 0 { throw .truncated }
        }
    }

    /// What kind of request it is.
    package var traits: RequestHead.Traits { request.traits }

    /// Lends the host that the request at hand is for: `RequestHead.withHost` without a copy of the head,
    /// which a call on this property would make.
    package func withRequestHost<R>(_ body: (Span<UInt8>) -> R) -> R {
        let arena = request.fields.arena
        return body(arena.span.extracting(request.hostRange))
    }

    /// Answers a request with a whole message of our own.
    ///
    /// `head` appends the field lines beside the ones written here (Content-Length, Connection).
    package func respond(
        _ status: Int, body: [UInt8], head: (inout ByteBuffer) -> Void = { _ in }
    ) async throws(ServerError) {
        channel.borrowOutput()
        channel.output.appendStatusLine(status)
        // RFC 9110 §8.6: no length where there never is a body.
        if status != 204, status != 304 {
            channel.output.append(.contentLength, decimal: UInt64(body.count))
        }
        if closesAfterResponse { channel.output.append("Connection: close\r\n") }
        head(&channel.output)
        channel.output.appendLineEnd()
        if request.method != .head { channel.output.append(body) }
        channel.allow(timeouts.body)
        do { try await channel.flush() } catch { throw .transport(error) }
    }

    /// Ends the connection so that the client gets to read our last answer.
    package func closeLingering() async {
        await channel.closeLingering(within: timeouts.linger)
    }

    private func waitForRequest(
        _ member: ConnectionSet.Member?
    ) async throws(ServerError) -> Bool {
        // Parking is no sign of life: the deadline stays.
        if !isParked { channel.allow(requests == 0 ? timeouts.head : timeouts.idle) }
        isParked = false
        do {
            return try await channel.fill() > 0
        } catch {
            isParked = member?.isAskedToPark == true && channel.transport.socket.isOpen
            switch error {
            // Silence, and a peer or a drain that ends an idle connection, are no errors.
            case .stream(.timedOut), .stream(.closed), .stream(.reset): return false
            default: throw .transport(error)
            }
        }
    }

    private func parseHead() throws(ServerError) -> Bool {
        do {
            let progress = try channel.input.withReadable { (bytes) throws(HTTP1Error) in
                try parser.parse(bytes, into: &request)
            }
            guard case .complete(let consumed) = progress else { return false }
            channel.input.consume(consumed)
            channel.returnInput()
            return true
        } catch { throw .malformed(error) }
    }

    private func fill() async throws(ServerError) -> Int {
        do { return try await channel.fill() } catch { throw .transport(error) }
    }
}
