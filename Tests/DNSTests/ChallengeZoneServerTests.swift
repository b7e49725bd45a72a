// SPDX-License-Identifier: Apache-2.0
import Networking
import Testing

@testable import DNS

@Suite struct ChallengeZoneServerTests {
    private let source = IPAddress("192.0.2.1")!
    private let start = Instant.now

    @Test func `a network gets its burst, then its rate`() {
        var rate = ResponseRate(perSecond: 10, burst: 3, at: start)
        func verdict(_ seconds: Int, _ address: String = "192.0.2.1") -> ResponseRate.Verdict {
            rate.verdict(on: IPAddress(address)!, at: start + .milliseconds(100 * seconds))
        }
        #expect((0..<3).map { _ in verdict(0) } == [.answer, .answer, .answer])
        // Half of the rest is told to come over TCP, where its address is its own.
        #expect((0..<4).map { _ in verdict(0) } == [.drop, .truncate, .drop, .truncate])
        // The same /24.
        #expect(verdict(0, "192.0.2.200") == .drop)
        #expect(verdict(1) == .answer)
        #expect(verdict(1) == .drop)
        #expect((0..<3).map { _ in verdict(100) } == [.answer, .answer, .answer])
        #expect(verdict(100) == .drop)
    }

    @Test func `a network of IPv6 is a 56`() {
        var rate = ResponseRate(perSecond: 1, burst: 1, at: start)
        #expect(rate.verdict(on: IPAddress("2001:db8:0:100::1")!, at: start) == .answer)
        #expect(rate.verdict(on: IPAddress("2001:db8:0:1ff::2")!, at: start) == .drop)
    }

    @Test func `any number of networks is counted in the same table`() {
        var rate = ResponseRate(perSecond: 1, burst: 1, at: start)
        var answered = 0
        for number in 0..<(4 * ResponseRate.bucketCount) {
            let network = IPAddress.v4(UInt32(number) << 8)
            if rate.verdict(on: network, at: start) == .answer { answered += 1 }
        }
        #expect(answered <= ResponseRate.bucketCount)
        #expect(answered > ResponseRate.bucketCount / 2)
    }

    @Test func `records are served over UDP and TCP while they are there`() async throws {
        let loop = try EventLoop(name: "zone")
        defer { loop.shutdown() }
        let zone = ChallengeZone(
            apex: try #require(DNSName("acme.edge.example")),
            servers: [try #require(DNSName("ns.edge.example"))], addresses: [], serial: 1)
        let anywhere = try #require(SocketAddress("127.0.0.1:0"))
        let server = try await ChallengeZoneServer.start(zone, at: [anywhere, anywhere], on: loop)
        #expect(server.addresses.count == 2)
        let owner = try #require(DNSName("label.acme.edge.example"))
        let resolver = Resolver(servers: [server.addresses[1]], on: loop)
        let text = String(repeating: "y", count: 50)
        for number in 10..<50 { try await server.add("\(text)\(number)", at: owner) }
        // Forty are too many for a datagram.
        let answer = await resolver.resolve(owner, .txt)
        #expect(answer.records.count == 40)
        #expect(answer.attempts.map(\.transport) == [.udp, .tcp])
        for number in 10..<50 { await server.remove("\(text)\(number)", at: owner) }
        guard case .nameError = await resolver.resolve(owner, .txt).outcome else {
            Issue.record("it is still there")
            return
        }
        await server.stop()
    }

    @Test func `an address that is taken is an error, and nothing stays open`() async throws {
        let loop = try EventLoop(name: "zone")
        defer { loop.shutdown() }
        let zone = ChallengeZone(
            apex: try #require(DNSName("acme.edge.example")), servers: [], addresses: [], serial: 1)
        let anywhere = try #require(SocketAddress("127.0.0.1:0"))
        let first = try await ChallengeZoneServer.start(zone, at: [anywhere], on: loop)
        await #expect(throws: SystemError.self) {
            _ = try await ChallengeZoneServer.start(
                zone, at: [anywhere] + first.addresses, on: loop)
        }
        await first.stop()
    }
}
