// SPDX-License-Identifier: Apache-2.0
import Networking
import TLS

/// Handshakes in memory, many side by side, with a clock that runs while the server works and stands
/// while the client does. For one thread.
///
/// All servers take the same step before the clock is read, so that reading it costs each of them
/// next to nothing. What is timed is a connection's whole life at the server: made, handshake, tickets,
/// close_notify, freed; without sockets.
final class FloorBatch {
    private let kind: FloorCase
    private let clients: MeasuringContext
    private let servers: ServerContext
    private var sessions: [TLSSession] = []
    private var sample = FloorSample()

    /// Throws `FloorError` when no such handshake comes about.
    init(_ kind: FloorCase, _ credentials: FloorCredentials, _ library: LibraryContext) throws {
        self.kind = kind
        var offer = MeasuringContext.Offer()
        offer.version = kind.version
        offer.ciphers = kind.cipher
        offer.groups = kind.group
        offer.alpn = ["http/1.1"]
        clients = try MeasuringContext(offer)
        let selector = FloorSelector(kind.kind == .refused ? nil : credentials[kind.key])
        servers = try ServerContext(
            configuration: ServerTLSConfiguration(tickets: kind.tickets), ticketKeys: TicketKeys(),
            selector: selector, library: library)
        if kind.kind == .resumed { try play(isPriming: true) }
        try play()
    }

    /// Makes so many handshakes, rounded up to whole batches.
    func measure(count: Int) throws -> FloorSample {
        sample = FloorSample()
        while sample.count < count { try play() }
        return sample
    }

    /// Makes handshakes until `end`; one batch at least.
    func measure(until end: Instant) throws -> FloorSample {
        sample = FloorSample()
        repeat { try play() } while Instant.now < end
        return sample
    }

    /// One handshake on each of a batch of connections. Priming ones bring the first tickets.
    private func play(isPriming: Bool = false) throws {
        let clients = try (0..<Self.size).map { index in
            try TLSConnection(
                measuringInMemory: self.clients, serverName: FloorCredentials.name.text,
                offering: kind.kind == .resumed && !isPriming ? sessions[index] : nil)
        }
        var servers: [TLSConnection] = []
        servers.reserveCapacity(Self.size)
        try timed {
            for _ in 0..<Self.size {
                servers.append(try TLSConnection(serverInMemory: self.servers))
            }
        }
        try shakeHands(clients, servers)
        if kind.kind != .refused {
            try check(servers[0], isPriming: isPriming)
            if kind.kind == .resumed { sessions = try clients.map(session) }
        }
        timed { for server in servers { server.close() } }
        // libssl takes a session away from a connection that ends without a word.
        clients.forEach { $0.close() }
        timed { servers.removeAll() }
        sample.count += Self.size
    }

    private func shakeHands(_ clients: [TLSConnection], _ servers: [TLSConnection]) throws {
        for _ in 0..<Self.flightsMax {
            for (client, server) in zip(clients, servers) {
                if case .failed(let error) = client.handshake(), kind.kind != .refused {
                    throw FloorError(kind, "\(error)")
                }
                server.receive(client.takeOutgoing())
            }
            var steps: [HandshakeStep] = []
            steps.reserveCapacity(Self.size)
            timed {
                for server in servers { steps.append(server.handshake()) }
            }
            for (client, server) in zip(clients, servers) { client.receive(server.takeOutgoing()) }
            guard try steps.allSatisfy(isOver) else { continue }
            if kind.kind != .refused { finish(clients, servers) }
            return
        }
        throw FloorError(kind, "it does not come to an end")
    }

    /// The client's last step, and what the server sends after its own.
    private func finish(_ clients: [TLSConnection], _ servers: [TLSConnection]) {
        for client in clients { _ = client.handshake() }
        timed { for server in servers { server.sendTickets() } }
        for (client, server) in zip(clients, servers) { client.receive(server.takeOutgoing()) }
    }

    private func isOver(_ step: HandshakeStep) throws -> Bool {
        switch step {
        case .done where kind.kind != .refused: return true
        case .failed(.refused) where kind.kind == .refused: return true
        case .failed(let error): throw FloorError(kind, "\(error)")
        case .done: throw FloorError(kind, "it is not refused")
        case .wantsRead, .wantsWrite, .suspended: return false
        }
    }

    /// Whether it is what it is called.
    private func check(_ server: TLSConnection, isPriming: Bool) throws {
        guard server.isResumed == (kind.kind == .resumed && !isPriming) else {
            throw FloorError(kind, server.isResumed ? "it is resumed" : "it is not resumed")
        }
        let version = kind.version == .tls12 ? "TLSv1.2" : "TLSv1.3"
        guard server.protocolVersion == version else {
            throw FloorError(kind, "it is \(server.protocolVersion)")
        }
    }

    /// Reads the tickets and answers what to come back with.
    private func session(_ client: TLSConnection) throws -> TLSSession {
        var room = [UInt8](repeating: 0, count: 1)
        var span = room.mutableSpan
        _ = client.read(into: &span)
        guard let session = client.resumableSession(offered: nil) else {
            throw FloorError(kind, "there is no ticket")
        }
        return session
    }

    private func timed(_ work: () throws -> Void) rethrows {
        let (cpu, wall) = (CPUClock.thread, Instant.now)
        try work()
        sample.wall += wall.duration(to: .now)
        sample.cpu += CPUClock.thread - cpu
    }

    static let size = 32
    /// More than any handshake has.
    private static let flightsMax = 6
}

/// Serves everybody with the same, or nobody.
private final class FloorSelector: CertificateSelector {
    private let credential: Credential?

    init(_ credential: Credential?) {
        self.credential = credential
    }

    func selectCertificate(for hello: ClientHello) -> CertificateSelection {
        credential.map { .serve($0) } ?? .refuse(.unrecognizedName)
    }
}
