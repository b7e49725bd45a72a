// SPDX-License-Identifier: Apache-2.0
import Foundation
import HTTP
import Networking
import Synchronization
import TLS

/// A server on loopback that does with each connection what the test says, on a loop of its own.
final class Peer: Sendable {
    let address: SocketAddress
    private let loop: EventLoop
    private let listener: LoopBound<TCPListener>
    private let made = Handshakes()

    private final class Handshakes: Sendable {
        let count = Atomic(0)
    }

    /// Made so far, by a server of TLS.
    var handshakes: Int { made.count.load(ordering: .relaxed) }

    /// `serve` gets each connection; when it returns the connection is closed.
    convenience init(
        _ serve: @escaping @Sendable (TCPSocket) async throws -> Void
    ) async throws {
        try await self.init(counting: { socket, _ in try await serve(socket) })
    }

    private init(
        counting serve: @escaping @Sendable (TCPSocket, Handshakes) async throws -> Void
    ) async throws {
        let made = self.made
        let loop = try EventLoop(name: "peer")
        self.loop = loop
        listener = try await loop.run {
            Result { () throws(SystemError) in
                let listener = try TCPListener(
                    address: SocketAddress("127.0.0.1:0")!, on: loop
                ) { socket in
                    let socket = LoopBound(socket, on: loop)
                    loop.spawn {
                        try? await serve(socket.value, made)
                        socket.value.close()
                    }
                }
                return LoopBound(listener, on: loop)
            }
        }.get()
        let listener = listener
        address = await loop.run { listener.value.localAddress }
    }

    /// A server of TLS that knows `a.example` and `b.example`. `serve` gets a connection whose handshake
    /// is made.
    static func tls(
        issuesTickets: Bool = true,
        _ serve: @escaping @Sendable (Channel) async throws -> Void = Peer.waitForEnd
    ) async throws -> Peer {
        let identity = try Identity(issuesTickets: issuesTickets)
        return try await Peer(counting: { socket, made in
            let tls = try TLSConnection(
                server: identity.context(on: socket.loop), descriptor: socket.descriptor,
                source: [127, 0, 0, 1])
            let transport = Transport(socket, tls: tls)
            transport.deadline = .now + .seconds(120)
            try await transport.handshake()
            made.count.wrappingAdd(1, ordering: .relaxed)
            try await serve(Channel(transport))
            transport.close()
        })
    }

    static func waitForEnd(_ channel: Channel) async throws {
        while try await channel.fill() > 0 { channel.input.clear() }
    }

    /// Answers each request of a connection with the same bytes.
    static func answering(
        _ response: String
    ) -> @Sendable (Channel) async throws -> Void {
        { channel in
            var parser = RequestParser()
            var head = RequestHead()
            while true {
                let progress = try channel.input.withReadable { try parser.parse($0, into: &head) }
                if case .complete(let consumed) = progress {
                    channel.input.consume(consumed)
                    channel.output.append(response)
                    try await channel.flush()
                } else if try await channel.fill() == 0 {
                    return
                }
            }
        }
    }

    deinit {
        let listener = listener
        loop.execute { listener.value.close() }
        loop.shutdown()
    }
}

/// The certificate of a test's server, and its context once there is a loop.
private final class Identity: CertificateSelector, @unchecked Sendable {
    private let credential: Credential
    private let configuration: ServerTLSConfiguration
    private var made: ServerContext?

    init(issuesTickets: Bool) throws {
        let validity = Date().addingTimeInterval(-60)..<Date().addingTimeInterval(3600)
        let key = try PrivateKey.generate(.p256)
        let authority = try CertificateAuthority.create(commonName: "root", validity: validity)
        let names = ["a.example", "b.example"].map { CertificateName($0)! }
        credential = try Credential(
            chain: try authority.issue(names: names, key: key, validity: validity), key: key)
        configuration = ServerTLSConfiguration(tickets: issuesTickets ? 1 : 0)
    }

    /// On one loop, so that it is made once.
    func context(on loop: EventLoop) throws -> ServerContext {
        loop.preconditionCurrent()
        if let made { return made }
        let context = try ServerContext(
            configuration: configuration, ticketKeys: TicketKeys(), selector: self)
        made = context
        return context
    }

    func selectCertificate(for hello: ClientHello) -> CertificateSelection {
        guard let name = hello.serverName, credential.covers(name) else {
            return .refuse(.unrecognizedName)
        }
        return .serve(credential)
    }
}
