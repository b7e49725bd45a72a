// SPDX-License-Identifier: Apache-2.0
import HTTP
import Networking
import TLS

/// A server on loopback that does with each connection what the test says. On one loop.
final class LoopbackServer {
    private var listener: TCPListener?
    private(set) var connections = 0

    /// `serve` gets each connection and its number, from 1 on.
    init(
        on loop: EventLoop, tls: ServerContext? = nil,
        _ serve: @escaping @Sendable (ServerSide, Int) async throws -> Void
    ) throws {
        listener = try TCPListener(address: SocketAddress("127.0.0.1:0")!, on: loop) {
            [unowned self] socket in
            connections += 1
            let number = connections
            let transport =
                tls.map {
                    Transport(
                        socket,
                        tls: try! TLSConnection(
                            server: $0, descriptor: socket.descriptor, source: [127, 0, 0, 1]))
                } ?? Transport(socket)
            let side = LoopBound(ServerSide(transport), on: loop)
            loop.spawn {
                try? await side.value.start()
                try? await serve(side.value, number)
                side.value.close()
            }
        }
    }

    var port: UInt16 { listener!.localAddress.port }

    func url(_ target: String = "/", host: String = "127.0.0.1", scheme: String = "http") -> HTTPURL
    {
        HTTPURL("\(scheme)://\(host):\(port)\(target)")!
    }

    func close() {
        listener?.close()
        listener = nil
    }
}

/// The server's end of a connection.
final class ServerSide {
    struct Request: Sendable {
        let head: RequestHead
        let body: [UInt8]
    }

    private let channel: Channel
    private var parser = RequestParser()
    private var head = RequestHead()

    init(_ transport: Transport) {
        channel = Channel(transport)
        transport.deadline = .now + .seconds(20)
    }

    func start() async throws {
        try await channel.transport.handshake()
    }

    /// The next request with its body; nil when the client has closed.
    func next() async throws -> Request? {
        while true {
            let progress = try channel.input.withReadable { try parser.parse($0, into: &head) }
            if case .complete(let consumed) = progress {
                channel.input.consume(consumed)
                break
            }
            if try await channel.fill() == 0 { return nil }
        }
        guard case .length(let length) = head.framing else { return Request(head: head, body: []) }
        while channel.input.readableCount < Int(length) {
            if try await channel.fill() == 0 { return nil }
        }
        return Request(head: head, body: channel.input.take(Int(length)))
    }

    func send(_ text: String) async throws {
        channel.output.append(text)
        try await channel.flush()
    }

    /// A response with a length.
    func answer(_ status: Int = 200, _ body: String = "", fields: [String] = []) async throws {
        let lines = (fields + ["Content-Length: \(body.utf8.count)"]).map { $0 + "\r\n" }.joined()
        try await send("HTTP/1.1 \(status) X\r\n\(lines)\r\n\(body)")
    }

    /// Closes in the middle of a byte stream, as a crashed server does.
    func abort() { channel.transport.abort() }

    func close() { channel.close() }
}

/// Names to addresses, from a table.
struct TableLookup: HostLookup {
    struct Unknown: Error, CustomStringConvertible {
        let description = "no such name in the table"
    }

    var table: [String: [IPAddress]] = [:]

    func addresses(of host: String) async throws -> [IPAddress] {
        guard let addresses = table[host] else { throw Unknown() }
        return addresses
    }
}

/// A lookup that never answers.
struct SilentLookup: HostLookup {
    let loop: EventLoop

    func addresses(of host: String) async throws -> [IPAddress] {
        try await loop.sleep(for: .seconds(60))
        return []
    }
}

/// Runs a test's body on a loop of its own, and ends the loop.
func onLoop<R: Sendable>(
    _ body: @escaping @Sendable (EventLoop) async throws -> R
) async throws -> R {
    let loop = try EventLoop(name: "test")
    defer { loop.shutdown() }
    return try await Task(executorPreference: loop) { try await body(loop) }.value
}
