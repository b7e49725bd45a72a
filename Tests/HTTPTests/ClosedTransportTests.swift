// SPDX-License-Identifier: Apache-2.0
import Foundation
import HTTP
import Networking
import TLS
import Testing

/// A connection under TLS that was closed: libssl still has the number of its socket, which is
/// somebody else's by then.
@Suite struct ClosedTransportTests {
    /// What a task may still be at that was elsewhere meanwhile.
    enum Use: CaseIterable {
        case handshake, read, write, wait

        func happen(on transport: Transport) async throws(TransportError) {
            var buffer = ByteBuffer()
            switch self {
            case .handshake: try await transport.handshake()
            case .read: _ = try transport.readNow(into: &buffer)
            case .write: _ = try transport.writeNow(Array("stray".utf8).span)
            case .wait: try await transport.waitReadable()
            }
        }
    }

    @Test(arguments: Use.allCases)
    func `a closed connection under TLS touches nothing under a number that is another's`(
        use: Use
    ) async throws {
        try await onLoop { loop in
            let validity = Date().addingTimeInterval(-60)..<Date().addingTimeInterval(3600)
            let authority = try CertificateAuthority.create(
                commonName: "test root", validity: validity)
            let server = try LoopbackServer(
                on: loop, tls: try Self.context(authority, validity)
            ) { side, _ in
                _ = try await side.next()
            }
            let echo = try Self.echo(on: loop)
            defer {
                server.close()
                echo.close()
            }

            let socket = try await TCPSocket.connect(
                to: SocketAddress(ip: .v4(0x7f00_0001), port: server.port), on: loop,
                timeout: .seconds(5))
            let number = socket.descriptor
            let context = try ClientContext(
                trustedRoots: .pem(CertificateChain(leaf: authority.certificate).pem))
            let old = Transport(
                socket,
                tls: try TLSConnection(
                    client: context, descriptor: number, serverName: "a.example"))
            old.deadline = .now + .seconds(20)
            if use != .handshake { try await old.handshake() }
            old.abort()

            var others: [TCPSocket] = []
            while others.last?.descriptor != number, others.count < 1000 {
                others.append(
                    try await TCPSocket.connect(
                        to: echo.localAddress, on: loop, timeout: .seconds(5)))
            }
            let new = try #require(others.last { $0.descriptor == number })
            var output = ByteBuffer()
            output.append("own")
            try await new.send(&output)
            // What could be stolen is there.
            try await new.waitReadable()
            do throws(TransportError) {
                try await use.happen(on: old)
                Issue.record("nothing was thrown")
            } catch {
                guard case .stream(.closed) = error else {
                    Issue.record("\(error)")
                    return
                }
            }
            output.append(".")
            try await new.send(&output)
            var input = ByteBuffer()
            while input.readableCount < 4 { _ = try await new.receive(into: &input) }
            #expect(String(decoding: input.take(input.readableCount), as: UTF8.self) == "own.")
            for other in others { other.close() }
        }
    }

    private static func context(
        _ authority: CertificateAuthority, _ validity: Range<Date>
    ) throws -> ServerContext {
        let key = try PrivateKey.generate(.p256)
        let chain = try authority.issue(
            names: [CertificateName("a.example")!], key: key, validity: validity)
        return try ServerContext(
            configuration: ServerTLSConfiguration(), ticketKeys: TicketKeys(),
            selector: OneCredential(try Credential(chain: chain, key: key)))
    }

    /// Says back what it hears, in the clear.
    private static func echo(on loop: EventLoop) throws -> TCPListener {
        try TCPListener(address: SocketAddress("127.0.0.1:0")!, on: loop) { socket in
            let socket = LoopBound(socket, on: loop)
            loop.spawn {
                var buffer = ByteBuffer()
                while let count = try? await socket.value.receive(into: &buffer), count > 0 {
                    try? await socket.value.send(&buffer)
                }
                socket.value.close()
            }
        }
    }
}
