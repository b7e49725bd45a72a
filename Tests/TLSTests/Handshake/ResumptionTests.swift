// SPDX-License-Identifier: Apache-2.0
import COpenSSL
import Testing

@testable import TLS

@Suite struct ResumptionTests {
    private let authority: TestAuthority
    private let credential: Credential
    private let clients: ClientContext
    private let keys = TicketKeys()

    init() throws {
        authority = try TestAuthority()
        credential = try authority.credential("a.example", "b.example")
        clients = try authority.client()
    }

    private func context(_ selector: TestSelector? = nil) throws -> ServerContext {
        try ServerContext(
            configuration: .init(), ticketKeys: keys,
            selector: selector ?? TestSelector(credential))
    }

    /// A handshake with a session of before, the steps of which succeed.
    private func visit(
        _ server: ServerContext, name: String = "a.example", version: Version,
        session: OpaquePointer? = nil
    ) throws -> Ends {
        let ends = Ends(
            client: try TLSConnection(clientInMemory: clients, serverName: name),
            server: try TLSConnection(serverInMemory: server))
        version.hold(ends.client)
        if let session { #expect(SSL_set_session(ends.client.handle, session) == 1) }
        let steps = ends.handshake()
        #expect(steps.client.isDone && steps.server.isDone)
        #expect(ends.exchange() == "hello")
        return ends
    }

    @Test(arguments: Version.allCases)
    func `a client comes back with its ticket`(version: Version) throws {
        let server = try context()
        let first = try visit(server, version: version)
        #expect(!first.server.isResumed)
        let second = try visit(server, version: version, session: first.session())
        #expect(second.server.isResumed)
        #expect(second.server.serverName == ServerName("a.example"))
        let third = try visit(server, version: version, session: second.session())
        #expect(third.server.isResumed)
    }

    @Test(arguments: Version.allCases)
    func `without tickets every handshake is a full one`(version: Version) throws {
        let server = try ServerContext(
            configuration: .init(tickets: 0), ticketKeys: keys,
            selector: TestSelector(credential))
        let first = try visit(server, version: version)
        let second = try visit(server, version: version, session: first.session())
        #expect(!second.server.isResumed)
    }

    @Test(arguments: Version.allCases)
    func `a ticket of one loop is good on another`(version: Version) throws {
        let first = try visit(try context(), version: version)
        let second = try visit(try context(), version: version, session: first.session())
        #expect(second.server.isResumed)
    }

    @Test(arguments: Version.allCases)
    func `a ticket is good for two rotations`(version: Version) throws {
        let server = try context()
        let first = try visit(server, version: version)
        let session = first.session()
        for rotation in 1...3 {
            keys.rotate()
            // A copy, because a session of TLS 1.3 is used up by its resumption.
            let again = try visit(server, version: version, session: SSL_SESSION_dup(session))
            #expect(again.server.isResumed == (rotation < 3))
        }
    }

    @Test(arguments: Version.allCases)
    func `a ticket under an old key is renewed`(version: Version) throws {
        let server = try context()
        var session = try visit(server, version: version).session()
        for _ in 0..<6 {
            keys.rotate()
            let again = try visit(server, version: version, session: session)
            #expect(again.server.isResumed)
            session = again.session()
        }
    }

    @Test(arguments: Version.allCases)
    func `a ticket of other keys means a full handshake`(version: Version) throws {
        let first = try visit(try context(), version: version)
        let stranger = try ServerContext(
            configuration: .init(), ticketKeys: TicketKeys(), selector: TestSelector(credential))
        #expect(try !visit(stranger, version: version, session: first.session()).server.isResumed)
    }

    @Test(arguments: Version.allCases)
    func `a ticket is not good under another name`(version: Version) throws {
        let server = try context()
        let first = try visit(server, name: "a.example", version: version)
        let second = try visit(
            server, name: "b.example", version: version, session: first.session())
        #expect(!second.server.isResumed)
        #expect(second.server.serverName == ServerName("b.example"))
    }

    @Test(arguments: Version.allCases)
    func `a resumed connection knows the credential of today`(version: Version) throws {
        let first = try visit(try context(), version: version)
        let renewed = try authority.credential("a.example")
        let selector = TestSelector(renewed)
        let second = try visit(try context(selector), version: version, session: first.session())
        #expect(second.server.isResumed)
        #expect(selector.hellos.count == 1)
        #expect(second.server.credential === renewed)
        #expect(second.server.serves(ServerName("a.example")!))
        #expect(!second.server.serves(ServerName("b.example")!))
    }

    @Test(arguments: Version.allCases)
    func `a name that is no longer served is not resumed`(version: Version) throws {
        let first = try visit(try context(), version: version)
        let ends = Ends(
            client: try TLSConnection(clientInMemory: clients, serverName: "a.example"),
            server: try TLSConnection(
                serverInMemory: try context(TestSelector { _ in .refuse(.unrecognizedName) })))
        version.hold(ends.client)
        SSL_set_session(ends.client.handle, first.session())
        #expect(ends.handshake().client.error == .alertReceived(.unrecognizedName))
    }

    @Test func `a resumption may be suspended`() throws {
        let first = try visit(try context(), version: .tls13)
        let ends = Ends(
            client: try TLSConnection(clientInMemory: clients, serverName: "a.example"),
            server: try TLSConnection(
                serverInMemory: try context(TestSelector { _ in .suspend(TestPending()) })))
        SSL_set_session(ends.client.handle, first.session())
        #expect(ends.handshake().server.pending != nil)
        ends.server.resume(with: .serve(credential))
        #expect(ends.handshake().server.isDone)
        #expect(ends.server.isResumed)
    }

    @Test(arguments: 0...3)
    func `a client that is waited for gets its tickets at once`(count: Int) throws {
        let ends = try finished(tickets: count)
        let counter = TicketCounter(ends.client)
        ends.server.sendTickets()
        ends.client.receive(ends.server.takeOutgoing())
        ends.server.sendTickets()
        #expect(ends.server.takeOutgoing().isEmpty)
        #expect(ends.exchange() == "hello")
        #expect(counter.count == count)
    }

    @Test(arguments: 0...3)
    func `tickets leave with the first answer`(count: Int) throws {
        let ends = try finished(tickets: count)
        let counter = TicketCounter(ends.client)
        #expect(ends.exchange() == "hello")
        #expect(counter.count == count)
        ends.server.sendTickets()
        #expect(ends.server.takeOutgoing().isEmpty)
    }

    @Test(arguments: Version.allCases)
    func `no write waits for a packet after the first answer`(version: Version) throws {
        let ends = try visit(try context(), version: version)
        #expect(ends.server.flightsHeld == 0)
        // TLS 1.2 has no tickets to issue here: as when libssl is busy with another message.
        ends.server.ticketsDue = 2
        #expect(ends.exchange() == "hello")
        #expect(ends.server.flightsHeld == 0 && ends.server.ticketsDue == 0)
    }

    @Test func `a client that leaves gets no ticket`() throws {
        let ends = try finished(tickets: 1)
        ends.client.close()
        ends.server.receive(ends.client.takeOutgoing())
        var room = [UInt8](repeating: 0, count: 100)
        var span = room.mutableSpan
        guard case .closed(clean: true) = ends.server.read(into: &span) else {
            Issue.record("not closed")
            return
        }
        ends.server.close()
        let farewell = ends.server.takeOutgoing()
        // One record with an alert: 5 bytes of header, 2 of content, 1 of type, 16 of tag.
        #expect(farewell.count == 24)
    }

    @Test(arguments: [(1 as UInt8, true), (0, false)])
    func `a client that resumes without a key exchange gets no ticket`(
        mode: UInt8, isAccepted: Bool
    ) throws {
        let client = try TLSConnection(clientInMemory: clients, serverName: "a.example")
        let server = try TLSConnection(serverInMemory: try context())
        _ = client.handshake()
        var hello = client.takeOutgoing()
        // psk_key_exchange_modes (RFC 8446 §4.2.9), with psk_dhe_ke alone.
        let extensionBytes: [UInt8] = [0, 45, 0, 2, 1, 1]
        let place = try #require(hello.indices.first { hello[$0...].starts(with: extensionBytes) })
        hello[place + 5] = mode
        server.receive(hello)
        _ = server.handshake()
        #expect(server.acceptsTickets == isAccepted)
    }

    /// A finished handshake of TLS 1.3, with so many tickets to follow.
    private func finished(tickets: Int) throws -> Ends {
        let server = try ServerContext(
            configuration: .init(tickets: tickets), ticketKeys: keys,
            selector: TestSelector(credential))
        let ends = Ends(
            client: try TLSConnection(clientInMemory: clients, serverName: "a.example"),
            server: try TLSConnection(serverInMemory: server))
        let steps = ends.handshake()
        #expect(steps.client.isDone && steps.server.isDone)
        #expect(ends.server.takeOutgoing().isEmpty)
        return ends
    }
}
