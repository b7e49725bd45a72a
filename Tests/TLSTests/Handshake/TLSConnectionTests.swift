// SPDX-License-Identifier: Apache-2.0
import Glibc
import Testing

@testable import TLS

@Suite struct TLSConnectionTests {
    private let authority: TestAuthority
    private let clients: ClientContext
    private let servers: ServerContext

    init() throws {
        authority = try TestAuthority()
        clients = try authority.client()
        servers = try ServerContext(
            configuration: .init(), ticketKeys: TicketKeys(),
            selector: TestSelector(try authority.credential("a.example")))
    }

    private func established() throws -> Ends {
        let ends = Ends(
            client: try TLSConnection(clientInMemory: clients, serverName: "a.example"),
            server: try TLSConnection(serverInMemory: servers))
        #expect(ends.handshake().server.isDone)
        #expect(ends.exchange() == "hello")
        return ends
    }

    private func read(_ connection: TLSConnection) -> TLSReadResult {
        var room = [UInt8](repeating: 0, count: 100)
        var span = room.mutableSpan
        return connection.read(into: &span)
    }

    @Test func `close_notify is a clean end`() throws {
        let ends = try established()
        ends.server.close()
        ends.client.receive(ends.server.takeOutgoing())
        guard case .closed(clean: true) = read(ends.client) else {
            Issue.record("not a clean end")
            return
        }
    }

    @Test func `an end without close_notify is not clean`() throws {
        let ends = try established()
        ends.client.receiveEnd()
        guard case .closed(clean: false) = read(ends.client) else {
            Issue.record("not an unclean end")
            return
        }
    }

    @Test func `after the peer's end we may still write`() throws {
        let ends = try established()
        ends.client.close()
        ends.server.receive(ends.client.takeOutgoing())
        guard case .closed(clean: true) = read(ends.server) else {
            Issue.record("not a clean end")
            return
        }
        #expect(ends.exchange("last words") == "last words")
    }

    @Test func `a record that was changed breaks the connection`() throws {
        let ends = try established()
        guard case .bytes = ends.server.write(Array("secret".utf8).span) else { return }
        var records = ends.server.takeOutgoing()
        records[records.count - 1] ^= 1
        ends.client.receive(records)
        guard case .failed(.peerMisbehaved) = read(ends.client) else {
            Issue.record("it was read")
            return
        }
        guard case .failed(.peerMisbehaved) = read(ends.client) else {
            Issue.record("it goes on")
            return
        }
        guard case .failed = ends.client.write([1].span) else {
            Issue.record("it goes on")
            return
        }
    }

    @Test func `a megabyte goes through in records`() throws {
        let ends = try established()
        let sent = Digest.randomBytes(1 << 20)
        var received: [UInt8] = []
        var rest = sent[...]
        while !rest.isEmpty {
            guard case .bytes(let count) = rest.withUnsafeBytes({ ends.server.write($0) }) else {
                Issue.record("write")
                return
            }
            rest = rest.dropFirst(count)
            ends.client.receive(ends.server.takeOutgoing())
            var room = [UInt8](repeating: 0, count: 5000)
            while case .bytes(let count) = room.withUnsafeMutableBytes({
                ends.client.read(into: $0)
            }) {
                received += room.prefix(count)
            }
        }
        #expect(received == sent)
    }

    @Test func `a socket that is full or empty says so, and one that is gone does not kill`() throws
    {
        var sockets: [CInt] = [0, 0]
        #expect(
            socketpair(
                AF_UNIX, CInt(SOCK_STREAM.rawValue) | CInt(SOCK_NONBLOCK.rawValue), 0, &sockets)
                == 0)
        let client = try TLSConnection(
            client: clients, descriptor: sockets[0], serverName: "a.example")
        let server = try TLSConnection(server: servers, descriptor: sockets[1], source: [])
        var steps = (client.handshake(), server.handshake())
        while !steps.0.isDone || !steps.1.isDone {
            steps = (client.handshake(), server.handshake())
        }

        guard case .wantsRead = read(server) else {
            Issue.record("nothing was sent")
            return
        }
        let block = [UInt8](repeating: 7, count: 100_000)
        while case .bytes(let count) = server.write(block.span) { #expect(count <= 16384) }
        guard case .wantsWrite = server.write(block.span) else {
            Issue.record("the socket is never full")
            return
        }
        close(sockets[0])
        guard case .failed(let error) = server.write(block.span) else {
            Issue.record("nobody reads")
            return
        }
        #expect(error.blame == .network)
        close(sockets[1])
    }

    @Test func `a connection and its contexts are freed`() throws {
        weak var connection: TLSConnection?
        weak var context: ServerContext?
        do {
            let server = try ServerContext(
                configuration: .init(), ticketKeys: TicketKeys(),
                selector: TestSelector(try authority.credential("a.example")))
            let ends = Ends(
                client: try TLSConnection(clientInMemory: clients, serverName: "a.example"),
                server: try TLSConnection(serverInMemory: server))
            #expect(ends.handshake().server.isDone)
            connection = ends.server
            context = server
        }
        #expect(connection == nil)
        #expect(context == nil)
    }
}
