// SPDX-License-Identifier: Apache-2.0
import FoundationEssentials
package import HTTP
package import Networking
package import TLS

/// Answers the management's requests over HTTP/1.1. On a loop of its own, so that no request to it costs
/// a visitor anything.
///
/// A request is read whole, and answered by the first dialect that claims its path.
package final class ManagementServer {
    package struct Configuration: Sendable {
        /// Open connections; more are closed as soon as they are accepted.
        package var connectionsMax = 256
        /// Requests that are answered at once, long polls included, with bodies in memory; more get 503.
        package var requestsMax = 64
        /// For a whole body, from the end of its head.
        package var bodyTimeout = Duration.seconds(30)
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

    private let loop: EventLoop
    private let configuration: Configuration
    private let connections: ConnectionSet
    private var dialects: [any ManagementDialect]
    private var clock = ResponseClock()
    private var reading = 0
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
        connections = ConnectionSet(limit: configuration.connectionsMax)
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
        let id = Self.newRequestID()
        let result = await read(connection, id: id)
        let response: ManagementResponse
        switch result {
        case .request(let request)
        where configuration.loopMark?.marks(request.fields) ?? false:
            // A visitor's, whom no secret of a client is to be tried on behalf of.
            response = .empty(508)
        case .request(let request):
            response = await dialect(for: request)?.respond(to: request) ?? .empty(404)
        case .fault(let fault, let request):
            // What is left of the body would be read as the next request.
            connection.closesAfterResponse = true
            response = dialect(for: request)?.respond(to: fault, of: request) ?? .empty(404)
        case .failure(let error): throw error
        }
        if case .request = result { reading -= 1 }
        if connections.isDraining { connection.closesAfterResponse = true }
        try await send(response, id: id, on: connection)
    }

    private func dialect(for request: ManagementRequest) -> (any ManagementDialect)? {
        dialects.first { $0.claims(request) }
    }

    // MARK: Requests

    private enum Reading {
        /// Counted in `reading` until it is answered.
        case request(ManagementRequest)
        case fault(RequestFault, of: ManagementRequest)
        case failure(ServerError)
    }

    private func read(_ connection: ServerConnection, id: String) async -> Reading {
        let head = connection.request
        let peer = connection.channel.transport.client.ip.unmapped
        func request(_ body: [UInt8]) -> ManagementRequest {
            ManagementRequest(
                method: head.methodText, target: head.pathText, fields: head.fields, body: body,
                peer: peer, requestID: id, drain: drainNotice)
        }
        guard reading < configuration.requestsMax else {
            return .fault(.overloaded, of: request([]))
        }
        reading += 1
        do throws(ServerError) {
            let body = try await connection.readBody(
                max: Self.bodyBytesMax, within: configuration.bodyTimeout)
            return .request(request(body))
        } catch {
            reading -= 1
            switch error {
            case .contentTooLarge: return .fault(.bodyTooLarge, of: request([]))
            case .malformed(let fault):
                return .fault(.malformedBody(fault.description), of: request([]))
            case .transport(.stream(.timedOut)): return .fault(.bodyTooSlow, of: request([]))
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
