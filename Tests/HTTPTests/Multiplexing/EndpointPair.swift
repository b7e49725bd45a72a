// SPDX-License-Identifier: Apache-2.0
import HTTP
import Networking

/// Both ends of one HTTP/2 connection over loopback, on one loop.
final class EndpointPair {
    let client: HTTP2Endpoint
    private let listener: TCPListener

    /// `serve` gets each request's stream, in a task of its own.
    init(
        on loop: EventLoop, limits: HTTP2Limits = HTTP2Limits(),
        _ serve: @escaping @Sendable (LoopBound<HTTP2Stream>) async throws -> Void
    ) async throws {
        listener = try TCPListener(address: SocketAddress("127.0.0.1:0")!, on: loop) { socket in
            let endpoint = HTTP2Endpoint(
                Transport(socket), role: .server, limits: limits, timeouts: HTTP2Timeouts())
            endpoint.onRequest = { stream in
                let bound = LoopBound(stream, on: loop)
                loop.spawn { try? await serve(bound) }
            }
            Self.run(endpoint)
        }
        let socket = try await TCPSocket.connect(
            to: listener.localAddress, on: loop, timeout: .seconds(20))
        client = HTTP2Endpoint(
            Transport(socket), role: .client, limits: limits, timeouts: HTTP2Timeouts())
        client.begin()
        Self.run(client)
    }

    private static func run(_ endpoint: HTTP2Endpoint) {
        let bound = LoopBound(endpoint, on: endpoint.loop)
        endpoint.loop.spawn {
            try? await bound.value.run(nil)
            bound.value.channel.close()
        }
    }

    /// Opens a stream with a request that has content.
    func post(_ path: String) -> HTTP2Stream? {
        client.open(ends: false, method: .post) { head in
            head.append(
                method: "POST".utf8.span, scheme: "https".utf8.span,
                authority: "a.example".utf8.span, path: path.utf8.span)
        }
    }

    func close() {
        listener.close()
        client.channel.close()
    }
}
