// SPDX-License-Identifier: Apache-2.0
package import Networking
package import TLS

/// One loop's listening socket for HTTPS: accepts, makes the handshake, hands the connection on.
package final class HTTPSListener {
    package struct Configuration: Sendable {
        /// For the client's part of a handshake; the time that it is held does not count.
        package var handshakeTimeout = Duration.seconds(10)
        /// Peers whose connections begin with a PROXY header, always; nobody else's are looked at
        /// for one.
        package var proxies: [AddressBlock] = []

        package init() {}
    }

    private let listener: TCPListener
    private let session: Session

    /// Who sends PROXY headers, for connections from now on.
    package var proxies: [AddressBlock] {
        get { session.proxies }
        set { session.proxies = newValue }
    }

    package var localAddress: SocketAddress { listener.localAddress }

    /// Listens from now on. `serve` is called as a task on the loop with each connection whose
    /// handshake is made, and returns when it is over or parked, with `goOn` of its member set; `failed`
    /// learns of those that failed.
    package init(
        address: SocketAddress, context: ServerContext, connections: ConnectionSet,
        configuration: Configuration, on loop: EventLoop,
        failed: @escaping (SocketAddress, AcceptError) -> Void,
        serve: @escaping (Transport, ConnectionSet.Member) async -> Void
    ) throws(SystemError) {
        session = Session(
            context: context, connections: connections, configuration, failed: failed,
            serve: serve)
        let bound = LoopBound(session, on: loop)
        listener = try TCPListener(address: address, handover: .whenReadable, on: loop) { socket in
            let socket = LoopBound(socket, on: loop)
            loop.spawn { await bound.value.run(socket.value) }
        }
    }

    /// Told when accepting pauses because descriptors or memory ran out.
    package var onTrouble: ((SystemError) -> Void)? {
        get { listener.onTrouble }
        set { listener.onTrouble = newValue }
    }

    /// Stops listening; connections go on.
    package func close() {
        listener.close()
    }

    /// What every connection of the listener goes through.
    private final class Session {
        let context: ServerContext
        let connections: ConnectionSet
        let timeout: Duration
        var proxies: [AddressBlock]
        let failed: (SocketAddress, AcceptError) -> Void
        let serve: (Transport, ConnectionSet.Member) async -> Void

        init(
            context: ServerContext, connections: ConnectionSet, _ configuration: Configuration,
            failed: @escaping (SocketAddress, AcceptError) -> Void,
            serve: @escaping (Transport, ConnectionSet.Member) async -> Void
        ) {
            self.context = context
            self.connections = connections
            timeout = configuration.handshakeTimeout
            proxies = configuration.proxies
            self.failed = failed
            self.serve = serve
        }

        func run(_ socket: TCPSocket) async {
            guard let (transport, member) = admit(socket) else { return socket.close() }
            transport.deadline = transport.loop.now + timeout
            defer { connections.finish(member) }
            do { try await begin(transport) } catch {
                if case .transport(.tls(.plainHTTP)) = error { sayTLS(to: transport.socket) }
                return failed(transport.client, error)
            }
            member.canPark = true
            await serve(transport, member)
        }

        private func begin(_ transport: Transport) async throws(AcceptError) {
            if proxies.contains(transport.socket.remoteAddress.ip) {
                try await transport.receiveProxyHeader()
            }
            do { try await transport.handshake() } catch { throw .transport(error) }
        }

        /// Whoever has mistaken the port reads why nothing comes; as much as its socket takes at once.
        private func sayTLS(to socket: TCPSocket) {
            let sentence = "This port speaks HTTPS.\n"
            let answer =
                "HTTP/1.1 400 Bad Request\r\nContent-Type: text/plain\r\n"
                + "Content-Length: \(sentence.utf8.count)\r\nConnection: close\r\n\r\n\(sentence)"
            _ = try? socket.writeNow(Array(answer.utf8).span)
        }

        private func admit(_ socket: TCPSocket) -> (Transport, ConnectionSet.Member)? {
            guard
                let tls = try? TLSConnection(
                    server: context, descriptor: socket.descriptor,
                    source: socket.remoteAddress.ip.bytes)
            else { return nil }
            let transport = Transport(socket, tls: tls)
            return connections.add(transport).map { (transport, $0) }
        }
    }
}
