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

            let context = try ClientContext(
                trustedRoots: .pem(CertificateChain(leaf: authority.certificate).pem))
            // Other tests take numbers, too: until the next socket here has the one that was let go.
            var others: [TCPSocket] = []
            var pair: (old: Transport, new: TCPSocket)?
            while pair == nil, others.count < 1000 {
                let old = try await Self.connection(to: server.port, by: context, on: loop)
                if use != .handshake { try await old.handshake() }
                let number = old.socket.descriptor
                old.abort()
                let new = try await TCPSocket.connect(
                    to: echo.localAddress, on: loop, timeout: .seconds(5))
                others.append(new)
                if new.descriptor == number { pair = (old, new) }
            }
            let (old, new) = try #require(pair)
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

    /// A client's end, before its handshake.
    private static func connection(
        to port: UInt16, by context: ClientContext, on loop: EventLoop
    ) async throws -> Transport {
        let socket = try await TCPSocket.connect(
            to: SocketAddress(ip: .v4(0x7f00_0001), port: port), on: loop, timeout: .seconds(5))
        let transport = Transport(
            socket,
            tls: try TLSConnection(
                client: context, descriptor: socket.descriptor, serverName: "a.example"))
        transport.deadline = .now + .seconds(20)
        return transport
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
