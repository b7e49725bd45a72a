// SPDX-License-Identifier: Apache-2.0
package import HTTP
import Networking
import TLS

/// One loop's connections to one origin: those that wait for their next request, newest first.
package final class OriginPool {
    package struct Configuration: Sendable {
        /// For the TCP connection and the TLS handshake together.
        package var connectTimeout = Duration.seconds(5)
        /// How long a connection may wait for its next request.
        package var idleTimeout = Duration.seconds(30)
        /// How many may wait, for each loop, to whichever origin.
        package var idleLimit = 256
        /// The PROXY header that begins each connection; nil: none does.
        package var announces: ProxyHeader.Version?
        package var limits = HTTP1Limits()
        package var http2 = HTTP2Limits()

        package init() {}
    }

    package let origin: Origin
    let configuration: Configuration
    private let loop: EventLoop
    private let waiting: IdleConnections
    /// Those of `waiting` that are ours.
    private var idle: [OriginConnection] = []
    /// HTTP/2 connections that take streams.
    private var shared: [HTTP2OriginConnection] = []
    /// While an HTTP/2 connection is being opened: who waits for it.
    private var awaiting: [LoopGate]?
    /// Whether the origin chose HTTP/2 the last time.
    private var speaksHTTP2: Bool
    private var isRetired = false

    init(
        origin: Origin, configuration: Configuration, waiting: IdleConnections, on loop: EventLoop
    ) {
        self.origin = origin
        self.waiting = waiting
        self.configuration = configuration
        self.loop = loop
        speaksHTTP2 = origin.url.isPriorKnowledge
    }

    /// A connection that is there, if one takes another request.
    func take(_ demand: OriginDemand) -> OriginLink? {
        if let connection = shared(for: demand) { return .http2(connection) }
        return takeIdle(demand).map { .http1($0) }
    }

    /// The connection that was used last, if one waits. The kernel has not reported its end, but
    /// the origin may close it just now: see `Exchange` for what is retried. For a request that
    /// cannot be sent twice, only one of which the kernel knows nothing bad at this moment.
    private func takeIdle(_ demand: OriginDemand) -> OriginConnection? {
        while let index = lastIdle(for: demand.client) {
            let connection = idle.remove(at: index)
            waiting.remove(connection)
            // Whatever an origin sends between two answers belongs to no request of ours.
            let transport = connection.channel.transport
            guard !transport.socket.mayRead || transport.tls != nil,
                demand.isRepeatable || !transport.socket.hasEnded
            else {
                connection.close()
                continue
            }
            connection.isReused = true
            return connection
        }
        return nil
    }

    private func lastIdle(for client: ProxyHeader.Addresses?) -> Int? {
        guard configuration.announces != nil else { return idle.indices.last }
        return idle.lastIndex { $0.announced == client }
    }

    /// Opens a connection: each address in turn, within one time limit for all. Those who ask while an
    /// HTTP/2 connection is being opened wait for that one.
    func connect(
        within limit: Duration, _ demand: OriginDemand
    ) async throws(OriginError) -> OriginLink {
        let deadline = Instant.now + limit
        // Hardly any origin takes tunnels over HTTP/2; over HTTP/1.1 most do.
        let isHTTP1Only = demand.isTunnel && !origin.url.isPriorKnowledge
        guard speaksHTTP2, !isHTTP1Only, configuration.announces == nil else {
            return try await open(until: deadline, demand, isHTTP1Only: isHTTP1Only)
        }
        while awaiting != nil {
            let gate = LoopGate(on: loop)
            awaiting?.append(gate)
            do { try await gate.wait(until: deadline) } catch {
                throw .timedOut("others wait for a connection to it too")
            }
            if let connection = shared(for: demand) { return .http2(connection) }
        }
        awaiting = []
        defer {
            let waiting = awaiting ?? []
            awaiting = nil
            for gate in waiting { gate.open() }
        }
        return try await open(until: deadline, demand, isHTTP1Only: false)
    }

    private func shared(for demand: OriginDemand) -> HTTP2OriginConnection? {
        shared.first {
            $0.hasRoom(forTunnel: demand.isTunnel)
                && (configuration.announces == nil || $0.announced == demand.client)
        }
    }

    private func open(
        until deadline: Instant, _ demand: OriginDemand, isHTTP1Only: Bool
    ) async throws(OriginError) -> OriginLink {
        var failure = OriginError.unresolvable("no addresses")
        for ip in try await origin.addresses(until: deadline, on: loop) {
            let address = SocketAddress(ip: ip, port: origin.url.url.port)
            let remaining = Instant.now.duration(to: deadline)
            guard remaining > .zero else { break }
            do {
                try origin.requireAdmitted(address)
                return try await connect(
                    to: address, within: remaining, demand, isHTTP1Only: isHTTP1Only)
            } catch { failure = error }
        }
        throw failure
    }

    /// Keeps a connection whose last exchange ended in good order for the next one.
    func give(_ connection: OriginConnection) {
        guard !isRetired, connection.channel.input.isEmpty,
            connection.channel.transport.socket.isOpen, waiting.add(connection)
        else { return connection.close() }
        connection.channel.transport.deadline = nil
        idle.append(connection)
    }

    /// Closes what waits; what is in use is closed when it comes back. For a changed configuration.
    func retire() {
        isRetired = true
        while let last = idle.last { last.endWait() }
        for connection in shared { connection.retire() }
        shared.removeAll()
    }

    /// Lets go of one that waits.
    func forget(_ connection: OriginConnection) {
        idle.removeAll { $0 === connection }
        waiting.remove(connection)
    }

    private func connect(
        to address: SocketAddress, within limit: Duration, _ demand: OriginDemand,
        isHTTP1Only: Bool
    ) async throws(OriginError) -> OriginLink {
        let deadline = Instant.now + limit
        let socket: TCPSocket
        do {
            socket = try await TCPSocket.connect(to: address, on: loop, timeout: limit)
            socket.deadline = deadline
            try await announce(demand.client, over: socket)
        } catch { throw .unreachable(address, error) }
        let transport: Transport
        do {
            transport = try origin.transport(over: socket, isHTTP1Only: isHTTP1Only)
        } catch {
            socket.close()
            throw .tls(address, error)
        }
        do { try await transport.handshake() } catch {
            transport.close()
            switch error {
            case .stream(let error): throw .unreachable(address, error)
            case .tls(let error): throw .tls(address, error)
            }
        }
        transport.deadline = nil
        let isHTTP2 = origin.version(over: transport) == .http2
        if !isHTTP1Only { speaksHTTP2 = isHTTP2 }
        let announced = configuration.announces == nil ? nil : demand.client
        return isHTTP2
            ? .http2(share(transport, announced)) : .http1(keep(transport, address, announced))
    }

    private func share(
        _ transport: Transport, _ announced: ProxyHeader.Addresses?
    ) -> HTTP2OriginConnection {
        let connection = HTTP2OriginConnection(
            transport, scheme: transport.tls == nil ? "http" : "https",
            announced: announced, configuration: configuration, waiting: waiting
        ) { [weak self] ended in
            self?.shared.removeAll { $0 === ended }
        }
        if isRetired { connection.retire() } else { shared.append(connection) }
        return connection
    }

    private func keep(
        _ transport: Transport, _ address: SocketAddress, _ announced: ProxyHeader.Addresses?
    ) -> OriginConnection {
        let connection = OriginConnection(
            transport, address: address, announced: announced, limits: configuration.limits,
            of: self)
        transport.socket.onHangup = { [unowned connection] in connection.endWait() }
        return connection
    }

    /// The PROXY header goes before everything else, the TLS handshake too.
    private func announce(
        _ client: ProxyHeader.Addresses?, over socket: TCPSocket
    ) async throws(StreamError) {
        guard let version = configuration.announces else { return }
        var header = ByteBuffer()
        ProxyHeader(client).append(version, to: &header)
        do { try await socket.send(&header) } catch {
            socket.close()
            throw error
        }
    }
}
