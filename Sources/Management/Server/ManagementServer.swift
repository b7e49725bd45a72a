// SPDX-License-Identifier: Apache-2.0
import FoundationEssentials
package import HTTP
package import Networking
package import TLS

/// Answers the management's requests over HTTP/1.1. On a loop of its own, so that no request to it costs
/// a visitor anything.
///
/// Whom a request is from is decided by its head; then it is read whole, and answered, by the first dialect
/// that claims its path. Nobody can take all connections, all places for requests or all of our patience:
///
/// | what | how many | whose |
/// |---|---|---|
/// | connections | `connectionsMax` | each address has its part (`SharedPlaces`) |
/// | requests under way, with bodies and answers in memory | `requestsMax` | each client likewise |
/// | the same where the credentials are in the body, or none are needed | `strangersMax` | each address likewise |
package final class ManagementServer {
    package struct Configuration: Sendable {
        /// Open connections, which addresses share: one has three eighths of them at most. More are
        /// closed as soon as they are accepted.
        package var connectionsMax = 512
        /// Requests of clients that are under way, long polls included, which the clients share likewise:
        /// one has three eighths of them at most. More get 503.
        package var requestsMax = 128
        /// Requests under way whose head names no client, which addresses share likewise.
        package var strangersMax = 16
        /// For a whole body, from the end of its head.
        package var bodyTimeout = Duration.seconds(30)
        /// The same where the head names no client.
        package var strangersBodyTimeout = Duration.seconds(5)
        package var timeouts = ServerConnection.Timeouts()
        package var limits = HTTP1Limits()
        package var handshakeTimeout = Duration.seconds(10)
        /// By what visitors' requests are known that the edge itself has forwarded here; nil: none is
        /// looked for.
        package var loopMark: LoopMark?

        package init() {}
    }

    /// Bytes that a request's body may have.
    package static let bodyBytesMax = 1 << 20
    /// The same where the head names no client.
    package static let strangersBodyBytesMax = 16 << 10

    private let loop: EventLoop
    private let configuration: Configuration
    private let connections: ConnectionSet
    private var dialects: [any ManagementDialect]
    private var clock = ResponseClock()
    /// By `application_id`, and by network.
    private var clients: SharedPlaces<String>
    private var strangers: SharedPlaces<IPAddress>
    private let drainNotice = DrainNotice()
    private var listener: TCPListener?
    private var secureListener: HTTPSListener?

    /// - Parameter dialects: the first that claims a request answers it; the last is to claim all.
    package init(
        _ dialects: [any ManagementDialect], configuration: Configuration = Configuration(),
        on loop: EventLoop
    ) {
        self.dialects = dialects
        self.configuration = configuration
        self.loop = loop
        connections = ConnectionSet(sharing: configuration.connectionsMax)
        clients = SharedPlaces(configuration.requestsMax)
        strangers = SharedPlaces(configuration.strangersMax)
    }

    /// Answers from now on in these dialects.
    package func adopt(_ dialects: [any ManagementDialect]) {
        self.dialects = dialects
    }

    /// Listens at `address`, under TLS if there is a context for it; answers where, with the port that the
    /// kernel chose.
    package func open(
        _ address: SocketAddress, tls: ServerContext?
    ) throws(SystemError) -> SocketAddress {
        try TCPListener.requireFree(address)
        guard let tls else { return try openPlain(address) }
        var handshakes = HTTPSListener.Configuration()
        handshakes.handshakeTimeout = configuration.handshakeTimeout
        let listener = try HTTPSListener(
            address: address, context: tls, connections: connections, configuration: handshakes,
            on: loop, failed: { _, _ in },
            serve: { [unowned self] transport, member in
                // There are few connections: none is worth parking.
                member.canPark = false
                await serve(transport, member)
            })
        secureListener = listener
        return listener.localAddress
    }

    private func openPlain(_ address: SocketAddress) throws(SystemError) -> SocketAddress {
        let bound = LoopBound(self, on: loop)
        let listener = try TCPListener(address: address, on: loop) { [loop] socket in
            let socket = LoopBound(socket, on: loop)
            loop.spawn { await bound.value.servePlain(socket.value) }
        }
        self.listener = listener
        return listener.localAddress
    }

    /// Stops listening, has requests that only wait answered, lets the others end for `patience`; answers
    /// how many were cut off.
    package func drain(patience: Duration) async -> Int {
        listener?.close()
        secureListener?.close()
        drainNotice.give()
        return await connections.drain(patience: patience, on: loop)
    }

    // MARK: Connections

    private func servePlain(_ socket: TCPSocket) async {
        let transport = Transport(socket)
        guard let member = connections.add(transport) else { return socket.close() }
        await serve(transport, member)
        connections.finish(member)
    }

    /// Answers one request after the other; the caller closes the connection.
    private func serve(_ transport: Transport, _ member: ConnectionSet.Member) async {
        let connection = ServerConnection(
            transport, limits: configuration.limits, timeouts: configuration.timeouts)
        do {
            while try await connection.nextRequest(member) {
                try await answer(connection)
                // A drain that began while the answer was written has not seen it idle.
                guard !connection.closesAfterResponse, !connections.isEnding(member) else {
                    return await connection.closeLingering()
                }
            }
        } catch {
            guard case .malformed(let fault) = error else { return }
            connection.closesAfterResponse = true
            let response = Self.response(toMalformed: fault)
            guard (try? await send(response, id: Self.newRequestID(), on: connection)) != nil
            else { return }
            await connection.closeLingering()
        }
    }

    private func answer(_ connection: ServerConnection) async throws(ServerError) {
        let head = head(of: connection)
        // A visitor's, whom no secret of a client is to be tried on behalf of.
        if configuration.loopMark?.marks(head.fields) ?? false {
            return try await decline(head, with: .empty(508), on: connection)
        }
        guard let dialect = dialects.first(where: { $0.claims(head) }) else {
            return try await decline(head, with: .empty(404), on: connection)
        }
        switch await dialect.admit(head) {
        case .declined(let response): try await decline(head, with: response, on: connection)
        case .client(let client):
            let holder = client.applicationID
            guard clients.take(for: holder) else {
                let response = dialect.respond(to: .overloaded, of: head)
                return try await decline(head, with: response, on: connection)
            }
            // Given back when the answer has left: until then it is in memory, too.
            defer { clients.leave(holder) }
            try await answer(
                head, from: client, in: dialect, BodyBounds(configuration), on: connection)
        case .stranger:
            let holder = head.peer.network
            guard strangers.take(for: holder) else {
                let response = dialect.respond(to: .overloaded, of: head)
                return try await decline(head, with: response, on: connection)
            }
            defer { strangers.leave(holder) }
            try await answer(
                head, from: nil, in: dialect, BodyBounds(ofStrangers: configuration),
                on: connection)
        }
    }

    /// Reads the body, and answers the whole.
    private func answer(
        _ head: ManagementRequest, from client: ManagementClient?,
        in dialect: any ManagementDialect, _ bounds: BodyBounds, on connection: ServerConnection
    ) async throws(ServerError) {
        let response: ManagementResponse
        switch await body(of: connection, bounds) {
        case .whole(let body):
            response = await dialect.respond(to: head.with(body: body, from: client))
        case .fault(let fault):
            // What is left of the body would be read as the next request.
            connection.closesAfterResponse = true
            response = dialect.respond(to: fault, of: head)
        case .failure(let error): throw error
        }
        try await send(response, id: head.requestID, on: connection)
    }

    /// Answers without the body, which would be read as the next request.
    private func decline(
        _ head: ManagementRequest, with response: ManagementResponse,
        on connection: ServerConnection
    ) async throws(ServerError) {
        if connection.traits.framing != .none { connection.closesAfterResponse = true }
        try await send(response, id: head.requestID, on: connection)
    }

    // MARK: Requests

    private func head(of connection: ServerConnection) -> ManagementRequest {
        let head = connection.request
        return ManagementRequest(
            method: head.methodText, target: head.pathText, fields: head.fields,
            peer: connection.channel.transport.client.ip.unmapped,
            requestID: Self.newRequestID(), drain: drainNotice)
    }

    /// What a body may have and take.
    private struct BodyBounds {
        let bytesMax: Int
        let timeout: Duration

        init(_ configuration: Configuration) {
            bytesMax = ManagementServer.bodyBytesMax
            timeout = configuration.bodyTimeout
        }

        init(ofStrangers configuration: Configuration) {
            bytesMax = ManagementServer.strangersBodyBytesMax
            timeout = configuration.strangersBodyTimeout
        }
    }

    private enum Body {
        case whole([UInt8])
        case fault(RequestFault)
        case failure(ServerError)
    }

    private func body(of connection: ServerConnection, _ bounds: BodyBounds) async -> Body {
        do throws(ServerError) {
            return .whole(
                try await connection.readBody(max: bounds.bytesMax, within: bounds.timeout))
        } catch {
            switch error {
            case .contentTooLarge: return .fault(.bodyTooLarge(max: bounds.bytesMax))
            case .malformed(let fault): return .fault(.malformedBody(fault.description))
            case .transport(.stream(.timedOut)): return .fault(.bodyTooSlow)
            case .transport, .truncated: return .failure(error)
            }
        }
    }

    private static func newRequestID() -> String {
        UUID().uuidString.lowercased()
    }

    // MARK: Answers

    private func send(
        _ response: ManagementResponse, id: String, on connection: ServerConnection
    ) async throws(ServerError) {
        if connections.isDraining { connection.closesAfterResponse = true }
        let date = clock.date()
        try await connection.respond(response.status, body: response.body) { output in
            output.append(.date, date.span)
            output.append("X-Request-Id: \(id)\r\n")
            for field in response.fields
            where Fields.isValidName(field.name.utf8.span)
                && Fields.isValidValue(field.value.utf8.span)
            {
                output.append("\(field.name): \(field.value)\r\n")
            }
        }
    }

    /// What is no request is of no dialect.
    private static func response(toMalformed fault: HTTP1Error) -> ManagementResponse {
        var problem = ProblemDocument(.malformedRequest, "\(fault)")
        problem.status = fault.status
        return problem.response
    }
}
