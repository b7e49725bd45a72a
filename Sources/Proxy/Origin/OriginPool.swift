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

        package init() {}
    }

    package let origin: Origin
    let configuration: Configuration
    private let loop: EventLoop
    private let waiting: IdleConnections
    /// Those of `waiting` that are ours.
    private var idle: [OriginConnection] = []
    private var isRetired = false

    init(
        origin: Origin, configuration: Configuration, waiting: IdleConnections, on loop: EventLoop
    ) {
        self.origin = origin
        self.waiting = waiting
        self.configuration = configuration
        self.loop = loop
    }

    /// The connection that was used last, if one waits. The kernel has not reported its end, but
    /// the origin may close it just now: see `Exchange` for what is retried. For a request that
    /// cannot be sent twice, only one of which the kernel knows nothing bad at this moment.
    ///
    /// - Parameter client: the ends of the client's connection, which the origin is to be told.
    func takeIdle(mayFindDead: Bool, for client: ProxyHeader.Addresses?) -> OriginConnection? {
        while let index = lastIdle(for: client) {
            let connection = idle.remove(at: index)
            endedWaiting(connection)
            // Whatever an origin sends between two answers belongs to no request of ours.
            let transport = connection.channel.transport
            guard !transport.socket.mayRead || transport.tls != nil,
                mayFindDead || !transport.socket.hasEnded
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

    /// Opens a connection: each address in turn, within one time limit for all.
    func connect(
        within limit: Duration, for client: ProxyHeader.Addresses?
    ) async throws(OriginError) -> OriginConnection {
        let deadline = Instant.now + limit
        var failure = OriginError.unresolvable("no addresses")
        for ip in try await addresses() {
            let address = SocketAddress(ip: ip, port: origin.url.url.port)
            let remaining = Instant.now.duration(to: deadline)
            guard remaining > .zero else { break }
            do {
                return try await connect(to: address, within: remaining, for: client)
            } catch { failure = error }
        }
        throw failure
    }

    /// Keeps a connection whose last exchange ended in good order for the next one.
    func give(_ connection: OriginConnection) {
        guard !isRetired, connection.channel.input.isEmpty,
            connection.channel.transport.socket.isOpen, waiting.makeRoom()
        else { return connection.close() }
        connection.channel.transport.deadline = nil
        connection.isWaiting = true
        waiting.add(connection)
        idle.append(connection)
    }

    /// Closes what waits; what is in use is closed when it comes back. For a changed configuration.
    func retire() {
        isRetired = true
        while let last = idle.last { forget(last) }
    }

    /// Closes one that waits.
    func forget(_ connection: OriginConnection) {
        idle.removeAll { $0 === connection }
        endedWaiting(connection)
        connection.close()
    }

    private func endedWaiting(_ connection: OriginConnection) {
        connection.isWaiting = false
        waiting.remove(connection)
    }

    private func addresses() async throws(OriginError) -> [IPAddress] {
        do { return try await origin.lookup.addresses(of: origin.url.url.host) } catch {
            throw .unresolvable("\(error)")
        }
    }

    private func connect(
        to address: SocketAddress, within limit: Duration, for client: ProxyHeader.Addresses?
    ) async throws(OriginError) -> OriginConnection {
        let deadline = Instant.now + limit
        let socket: TCPSocket
        do {
            socket = try await TCPSocket.connect(to: address, on: loop, timeout: limit)
            socket.deadline = deadline
            try await announce(client, over: socket)
        } catch { throw .unreachable(address, error) }
        let transport: Transport
        do {
            transport = try origin.transport(over: socket)
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
        let connection = OriginConnection(
            transport, version: origin.version(over: transport), address: address,
            announced: configuration.announces == nil ? nil : client,
            limits: configuration.limits, of: self)
        socket.onHangup = { [unowned connection] in connection.endWait() }
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
