// SPDX-License-Identifier: Apache-2.0
package import Networking
package import TLS

/// One loop's listening socket for HTTPS: accepts, makes the handshake, hands the connection on.
package final class HTTPSListener {
    package struct Configuration: Sendable {
        /// For the client's part of a handshake; the time that it is held does not count.
        package var handshakeTimeout = Duration.seconds(10)

        package init() {}
    }

    private let listener: TCPListener

    package var localAddress: SocketAddress { listener.localAddress }

    /// Listens from now on. `serve` is called as a task on the loop with each connection whose
    /// handshake is made, and returns when it is over or parked, with `goOn` of its member set; `failed`
    /// learns of those that failed.
    package init(
        address: SocketAddress, context: ServerContext, connections: ConnectionSet,
        configuration: Configuration, on loop: EventLoop,
        failed: @escaping (SocketAddress, TransportError) -> Void,
        serve: @escaping (Transport, ConnectionSet.Member) async -> Void
    ) throws(SystemError) {
        let session = Session(
            context: context, connections: connections, timeout: configuration.handshakeTimeout,
            failed: failed, serve: serve)
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
    private struct Session {
        let context: ServerContext
        let connections: ConnectionSet
        let timeout: Duration
        let failed: (SocketAddress, TransportError) -> Void
        let serve: (Transport, ConnectionSet.Member) async -> Void

        func run(_ socket: TCPSocket) async {
            guard let (transport, member) = admit(socket) else { return socket.close() }
            transport.deadline = transport.loop.now + timeout
            defer { connections.finish(member) }
            do { try await transport.handshake() } catch {
                return failed(socket.remoteAddress, error)
            }
            member.canPark = true
            await serve(transport, member)
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
