// SPDX-License-Identifier: Apache-2.0
import Networking
import Testing

@testable import DNS

@Suite struct ZoneResponderTests {
    private func question(_ name: String, _ type: RecordType) -> Message {
        Message(MessageHeader(id: 7), questions: [Question(DNSName(name)!, type)])
    }

    private let soa = ResourceRecord(
        DNSName("example")!, ttl: 60,
        .soa(StartOfAuthority(primaryServer: .root, mailbox: .root, minimum: 30)))

    @Test func `a zone tells no data from no name`() {
        let zone = Zone([
            soa, ResourceRecord(DNSName("a.b.example")!, ttl: 1, .address(.v4(1))),
        ])
        let noData = zone.answer(to: question("a.b.example", .aaaa))
        #expect(noData.responseCode == .noError)
        #expect(noData.authorities == [soa])
        #expect(zone.answer(to: question("b.example", .a)).responseCode == .noError)
        #expect(zone.answer(to: question("c.example", .a)).responseCode == .nameError)
    }

    @Test func `a zone refuses what is no standard query`() {
        let zone = Zone()
        #expect(zone.answer(to: Message(MessageHeader(id: 1))).responseCode == .formatError)
        #expect(
            zone.answer(to: Message(MessageHeader(id: 1, opcode: 5))).responseCode
                == .notImplemented)
    }

    @Test func `a zone may change while it is served, and large answers go over TCP`() async throws
    {
        let loop = try EventLoop(name: "dns")
        defer { loop.shutdown() }
        let responder = try await ZoneResponder.start(
            Zone([soa]), at: SocketAddress("127.0.0.1:0")!, on: loop)
        let resolver = Resolver(servers: [responder.address], on: loop)
        let name = DNSName("new.example")!
        let before = await resolver.resolve(name, .a)
        #expect(before.outcome == .nameError(.init(ttl: 30, zone: DNSName("example")!)))
        responder.update { zone in
            for index in 0..<200 {
                zone.add(ResourceRecord(name, ttl: 1, .address(.v4(UInt32(index)))))
            }
        }
        let after = await resolver.resolve(name, .a)
        #expect(after.records.count == 200)
        #expect(after.attempts.map(\.transport).prefix(2) == [.udp, .tcp])
        responder.update { $0.removeAll(of: name) }
        #expect(await resolver.resolve(name, .a).outcome == before.outcome)
        await responder.stop()
    }

    @Test func `no two responders have one port`() async throws {
        let loop = try EventLoop(name: "dns")
        defer { loop.shutdown() }
        let anywhere = SocketAddress("127.0.0.1:0")!
        let first = try await ZoneResponder.start(Zone(), at: anywhere, on: loop)
        await #expect(throws: SystemError.self) {
            try await ZoneResponder.start(Zone(), at: first.address, on: loop)
        }
        await first.stop()
    }
}
