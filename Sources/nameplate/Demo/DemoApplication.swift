// SPDX-License-Identifier: Apache-2.0
import HTTP
import Networking

/// The demo's application: it speaks plain HTTP, knows nothing of TLS, and greets whoever is asked
/// for.
enum DemoApplication {
    /// Answers from now on; says where.
    static func start(
        at address: SocketAddress, on loop: EventLoop
    ) async throws(SystemError) -> SocketAddress {
        try await loop.run {
            Result { () throws(SystemError) in
                let connections = LoopBound(ConnectionSet(limit: 100), on: loop)
                let listener = try TCPListener(address: address, on: loop) { socket in
                    let socket = LoopBound(socket, on: loop)
                    loop.spawn { await serve(socket.value, of: connections.value) }
                }
                return listener.localAddress
            }
        }.get()
    }

    private static func serve(_ socket: TCPSocket, of connections: ConnectionSet) async {
        let transport = Transport(socket)
        guard let member = connections.add(transport) else { return socket.close() }
        defer {
            transport.close()
            connections.remove(member)
        }
        let connection = ServerConnection(transport, limits: .init(), timeouts: .init())
        while (try? await connection.nextRequest(member)) == true {
            if connection.request.framing != .none { connection.closesAfterResponse = true }
            let greeting = greeting(for: connection.request)
            guard
                (try? await connection.respond(200, body: Array(greeting.utf8)) { head in
                    head.append("Content-Type: text/plain; charset=utf-8\r\n")
                }) != nil, !connection.closesAfterResponse
            else { return }
        }
    }

    private static func greeting(for request: RequestHead) -> String {
        let scheme = request.fields.text(named: "x-forwarded-proto") ?? "http"
        return "Hello from the application, by \(scheme) to \(request.hostText)\n"
    }
}
