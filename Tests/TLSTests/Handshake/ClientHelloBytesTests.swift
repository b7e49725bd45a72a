// SPDX-License-Identifier: Apache-2.0
import COpenSSL
import Testing

@testable import TLS

@Suite struct ClientHelloBytesTests {
    private let authority: TestAuthority
    private let selector: TestSelector
    private let server: ServerContext

    init() throws {
        authority = try TestAuthority()
        selector = TestSelector(try authority.credential("a.example"))
        server = try ServerContext(
            configuration: .init(), ticketKeys: TicketKeys(), selector: selector)
    }

    /// A client whose hello has an ALPN list of about so many bytes.
    private func ends(padding: Int) throws -> Ends {
        let names = (0..<padding / 200).map {
            let number = String($0)
            return number + String(repeating: "x", count: 199 - number.utf8.count)
        }
        let client = try authority.client(alpn: names + ["http/1.1"])
        return Ends(
            client: try TLSConnection(clientInMemory: client, serverName: "a.example"),
            server: try TLSConnection(serverInMemory: server))
    }

    @Test(arguments: Version.allCases, [1, 2, 5, 100])
    func `a hello in small segments is put together`(version: Version, split: Int) throws {
        let ends = try ends(padding: 0)
        version.hold(ends.client)
        let steps = ends.handshake(split: split)
        #expect(steps.client.isDone && steps.server.isDone)
    }

    @Test(arguments: [16_000, 17_000, 33_000, 50_000, 65_000], [Int.max, 1400, 7])
    func `a hello may span records up to 64 KiB`(padding: Int, split: Int) throws {
        let ends = try ends(padding: padding)
        let steps = ends.handshake(split: split)
        #expect(steps.client.isDone && steps.server.isDone)
        #expect(ends.server.negotiatedALPN == "http/1.1")
        #expect(selector.hellos.count == 1)
    }

    @Test func `a hello may come in records of one byte`() throws {
        let ends = try ends(padding: 0)
        _ = ends.client.handshake()
        let record = ends.client.takeOutgoing()
        let records = record.dropFirst(5).flatMap { [22, 3, 1, 0, 1, $0] as [UInt8] }
        ends.server.receive(records)
        guard case .wantsRead = ends.server.handshake() else {
            Issue.record("the server gave up")
            return
        }
        #expect(selector.hellos.count == 1)
        #expect(!ends.server.takeOutgoing().isEmpty)
    }

    @Test func `a hello of more than 128 KiB is refused at its head`() throws {
        let connection = try TLSConnection(serverInMemory: server)
        connection.receive([22, 3, 1, 0, 4, 1, 3, 0, 0])
        guard case .peerMisbehaved? = connection.handshake().error else {
            Issue.record("it was not refused")
            return
        }
        #expect(selector.hellos.isEmpty)
    }

    @Test(arguments: [
        "GET / HTTP/1.1\r\nHost: a.example\r\n\r\n", "\0\0\0\0\0\0\0\0\0\0\0\0",
        "SSH-2.0-OpenSSH_9.2p1\r\n", "PROXY TCP4 192.0.2.1 192.0.2.2 1 2\r\n",
    ])
    func `another protocol is an error of the peer`(text: String) throws {
        let connection = try TLSConnection(serverInMemory: server)
        connection.receive(text.utf8)
        let error = try #require(connection.handshake().error)
        #expect(error.blame == .peer)
    }

    @Test func `garbage is an error and no crash`() throws {
        for seed in 0..<500 as Range<UInt64> {
            var random = Numbers(state: seed)
            let connection = try TLSConnection(serverInMemory: server)
            let count = Int.random(in: 1...600, using: &random)
            var bytes = (0..<count).map { _ in UInt8.random(in: 0...255, using: &random) }
            // Every second one begins like a ClientHello.
            if seed % 2 == 0 {
                bytes = [22, 3, 1, UInt8(count >> 8), UInt8(count & 0xff), 1] + bytes
            }
            connection.receive(bytes)
            connection.receiveEnd()
            #expect(connection.handshake().error != nil)
        }
        #expect(selector.hellos.isEmpty)
    }

    @Test func `a hello with any byte changed is served or refused, never more`() throws {
        let ends = try ends(padding: 0)
        _ = ends.client.handshake()
        let hello = ends.client.takeOutgoing()
        for index in hello.indices {
            for change in [1, 0x80, 0xff] as [UInt8] {
                var bytes = hello
                bytes[index] ^= change
                let connection = try TLSConnection(serverInMemory: server)
                connection.receive(bytes)
                connection.receiveEnd()
                #expect(connection.handshake().error != nil)
            }
        }
    }

    @Test func `a client that leaves half way is told as such`() throws {
        let ends = try ends(padding: 0)
        _ = ends.client.handshake()
        ends.server.receive(ends.client.takeOutgoing().dropLast(10))
        ends.server.receiveEnd()
        #expect(ends.server.handshake().error == .closedByPeer)
    }
}

/// Numbers that are the same in each run (SplitMix64).
private struct Numbers: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9e37_79b9_7f4a_7c15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xbf58_476d_1ce4_e5b9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94d0_49bb_1331_11eb
        return mixed ^ (mixed >> 31)
    }
}
