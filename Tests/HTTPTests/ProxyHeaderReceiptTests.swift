// SPDX-License-Identifier: Apache-2.0
import HTTP
import Networking
import Testing

@Suite struct ProxyHeaderReceiptTests {
    private static let line = Array("PROXY TCP4 192.0.2.1 198.51.100.9 56324 443\r\n".utf8)

    private static var binary: [UInt8] {
        Array(latin1: "\r\n\r\n\0\r\nQUIT\n\u{21}\u{11}\u{00}\u{0f}")
            + [192, 0, 2, 1, 198, 51, 100, 9, 0xdc, 0x04, 0x01, 0xbb] + [4, 0, 0]
    }

    @Test(arguments: [line, binary], [1, 7, 1000])
    func `a header is taken in whatever pieces it comes, and nothing behind it`(
        header: [UInt8], size: Int
    ) async throws {
        let what = try await Self.receive(header + Array("behind".utf8), piece: size)
        #expect(what == "192.0.2.1:56324 to 198.51.100.9:443, then behind")
    }

    @Test func `a proxy that speaks for itself is the client`() async throws {
        let what = try await Self.receive(Array("PROXY UNKNOWN\r\nbehind".utf8), piece: 1000)
        #expect(what.hasPrefix("127.0.0.1:"))
        #expect(what.hasSuffix(", then behind"))
    }

    @Test(arguments: [
        ("GET / HTTP/1.1\r\n", "no PROXY header"), ("PROXY TCP9 ", "unended"),
        ("PROXY TCP4 1 2 3 4\r\n", "a malformed PROXY line"), ("P", "unended"), ("", "closed"),
    ])
    func `a peer without one is told apart from one that never came`(
        sent: String, why: String
    ) async throws {
        // One that ends in the middle of a header has not sent one either.
        let expected = why == "unended" ? "no PROXY header" : why
        #expect(try await Self.receive(Array(sent.utf8), piece: 1000) == expected)
    }

    @Test func `a peer that stops in the middle runs into the deadline`() async throws {
        let what = try await Self.receive(
            Array("PROXY TCP4 ".utf8), piece: 1000, ends: false, within: .milliseconds(50))
        #expect(what == "timed out")
    }

    /// Sends `bytes` in pieces to a socket that expects a header, and says what that made of it.
    private static func receive(
        _ bytes: [UInt8], piece: Int, ends: Bool = true, within timeout: Duration = .seconds(10)
    ) async throws -> String {
        let loop = try EventLoop(name: "proxy header")
        return try await withCheckedThrowingContinuation { continuation in
            loop.spawn {
                do {
                    let listener = Listener()
                    try listener.open(on: loop) { transport in
                        transport.deadline = loop.now + timeout
                        let what = await what(transport)
                        transport.close()
                        continuation.resume(returning: what)
                    }
                    try await send(bytes, piece: piece, ends: ends, to: listener.address, loop)
                } catch { continuation.resume(throwing: error) }
            }
        }
    }

    private static func what(_ transport: Transport) async -> String {
        do {
            try await transport.receiveProxyHeader()
            var rest = ByteBuffer()
            while try await transport.socket.receive(into: &rest) > 0 {}
            let text = String(decoding: rest.take(rest.readableCount), as: UTF8.self)
            let to = transport.ends.map { " to \($0.destination)" } ?? ""
            return "\(transport.client)\(to), then \(text)"
        } catch { return "\(error)" }
    }

    private static func send(
        _ bytes: [UInt8], piece: Int, ends: Bool, to address: SocketAddress, _ loop: EventLoop
    ) async throws {
        let socket = try await TCPSocket.connect(to: address, on: loop, timeout: .seconds(5))
        socket.deadline = .now + .seconds(10)
        var sent = 0
        while sent < bytes.count {
            var output = ByteBuffer()
            output.append(bytes[sent..<min(bytes.count, sent + piece)])
            sent += piece
            try await socket.send(&output)
            // The other side is to see this piece before the next.
            await Task.yield()
        }
        if ends { socket.shutdownWrite() }
        var answer = ByteBuffer()
        while let count = try? await socket.receive(into: &answer), count > 0 {}
        socket.close()
    }

    private final class Listener {
        private var listener: TCPListener?

        var address: SocketAddress { listener!.localAddress }

        func open(
            on loop: EventLoop, _ serve: @escaping @Sendable (Transport) async -> Void
        ) throws {
            listener = try TCPListener(address: SocketAddress("127.0.0.1:0")!, on: loop) {
                [unowned self] socket in
                listener?.close()
                let transport = LoopBound(Transport(socket), on: loop)
                loop.spawn { await serve(transport.value) }
            }
        }
    }
}
