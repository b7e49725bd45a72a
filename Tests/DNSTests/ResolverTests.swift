// SPDX-License-Identifier: Apache-2.0
import Networking
import Synchronization
import Testing

@testable import DNS

/// How one question is asked, of servers that fail in every way.
@Suite struct ResolverTests {
    /// A server that compares names byte by byte, with an address for all that it does not know.
    static let exact: TestServers.Behaviour = { query, _ in
        var response = TestServers.zone.answer(to: query)
        if query.questions[0].name.hasUpperCase {
            let other = ResourceRecord(
                query.questions[0].name, ttl: 1, .address(IPAddress("203.0.113.66")!))
            response.answers = query.questions[0].type == .a ? [other] : []
        }
        return [response.bytes]
    }

    @Test func `a server that takes upper case for another name is asked in lower case`()
        async throws
    {
        try await TestServers.withResolver([Self.exact], handling: nil) { resolver in
            let www = DNSName("www.example.com")!
            let address = await resolver.resolve(TestServers.name, .a)
            #expect(address.addresses == [IPAddress("192.0.2.1")!])
            var alias = await resolver.resolve(www, .cname)
            // One of eight thousand questions happens to be in lower case.
            while alias.attempts.count < 2, await resolver.caseHandling.isEmpty {
                alias = await resolver.resolve(www, .cname)
            }
            #expect(alias.records.map(\.data) == [.cname(TestServers.name)])
            #expect(await resolver.caseHandling.values.allSatisfy { $0 == .exact })
            #expect(await resolver.resolve(TestServers.name, .a).attempts.count == 1)
        }
    }

    @Test func `a server that finds a name in upper case is asked once`() async throws {
        try await TestServers.withResolver([TestServers.honest], handling: nil) { resolver in
            let denied = await resolver.resolve(TestServers.name, .caa)
            #expect(denied.attempts.count == 2)
            while await resolver.caseHandling.isEmpty {
                _ = await resolver.resolve(DNSName("www.example.com")!, .cname)
            }
            #expect(await resolver.caseHandling.values.allSatisfy { $0 == .folding })
            #expect(await resolver.resolve(TestServers.name, .caa).attempts.count == 1)
        }
    }

    @Test func `an answer has the records and who said so`() async throws {
        let answer = try await TestServers.ask([TestServers.honest])
        #expect(answer.addresses == [IPAddress("192.0.2.1")!])
        #expect(answer.attempts.map(\.outcome) == [.answered(.noError, nil)])
        #expect(answer.description.hasPrefix("shop.example.com A: 192.0.2.1 (127.0.0.1:"))
    }

    @Test func `aliases are followed over several answers`() async throws {
        let onlyFirst: TestServers.Behaviour = { query, _ in
            var response = TestServers.zone.answer(to: query)
            response.answers = Array(response.answers.prefix(1))
            return [response.bytes]
        }
        let answer = try await TestServers.ask([onlyFirst], DNSName("www.example.com")!)
        #expect(answer.addresses == [IPAddress("192.0.2.1")!])
        #expect(answer.chain.hops.map(\.target) == [TestServers.name])
        #expect(answer.attempts.count == 2)
    }

    @Test(
        arguments: [
            { $0.header.id ^= 0x8000 },
            { $0.questions[0].name = DNSName("evil.example.com")! },
            { $0.questions[0].type = .aaaa },
            { $0.header.isResponse = false },
        ] as [@Sendable (inout Message) -> Void])
    func `a forgery is passed over, the answer after it taken`(
        forge: @escaping @Sendable (inout Message) -> Void
    ) async throws {
        let answer = try await TestServers.ask([
            { query, _ in
                let response = TestServers.zone.answer(to: query)
                var forged = response
                forge(&forged)
                forged.answers = [
                    ResourceRecord(TestServers.name, ttl: 1, .address(IPAddress("203.0.113.6")!))
                ]
                return [forged.bytes, [], [1, 2, 3], response.bytes]
            }
        ])
        #expect(answer.addresses == [IPAddress("192.0.2.1")!])
    }

    @Test func `forgeries alone are no answer`() async throws {
        let wrongID: TestServers.Behaviour = { query, _ in
            var response = TestServers.zone.answer(to: query)
            response.header.id ^= 1
            return [response.bytes]
        }
        let answer = try await TestServers.ask([wrongID]) { $0.timeout = .milliseconds(500) }
        #expect(answer.failure == .timedOut)
    }

    @Test func `a flood of forgeries is given up`() async throws {
        let flood: TestServers.Behaviour = { query, transport in
            var response = TestServers.zone.answer(to: query)
            response.header.id ^= 1
            return Array(repeating: response.bytes, count: 80)
        }
        let answer = try await TestServers.ask([flood, TestServers.honest])
        #expect(answer.attempts.first?.outcome == .flooded)
        #expect(!answer.records.isEmpty)
    }

    @Test func `a server that changes the case is believed over TCP`() async throws {
        let normalising: TestServers.Behaviour = { query, _ in
            var response = TestServers.zone.answer(to: query)
            response.questions[0].name = TestServers.name
            return [response.bytes]
        }
        let answer = try await TestServers.ask([normalising])
        #expect(!answer.records.isEmpty)
        #expect(answer.attempts.map(\.outcome) == [.caseChanged, .answered(.noError, nil)])
        #expect(answer.attempts.map(\.transport) == [.udp, .tcp])
    }

    @Test func `a cut answer is fetched over TCP, whatever its size`() async throws {
        let large = Zone(
            (0..<3000).map { index in
                ResourceRecord(
                    TestServers.name, ttl: 60, .address(.v4(0xc000_0000 + UInt32(index))))
            })
        let cutting: TestServers.Behaviour = { query, transport in
            var response = large.answer(to: query)
            if transport == .tcp { return [response.bytes] }
            response.header.isTruncated = true
            return [Array(response.bytes.prefix(1232))]
        }
        let answer = try await TestServers.ask([cutting])
        #expect(answer.records.count == 3000)
        #expect(answer.attempts.map(\.outcome) == [.truncated, .answered(.noError, nil)])
    }

    @Test(arguments: [ResponseCode.serverFailure, .refused, ResponseCode(rawValue: 9)])
    func `a server that cannot answer is followed by the next`(code: ResponseCode) async throws {
        let answer = try await TestServers.ask([TestServers.failing(code), TestServers.honest])
        #expect(!answer.records.isEmpty)
        #expect(answer.attempts.map(\.outcome) == [.answered(code, nil), .answered(.noError, nil)])
    }

    @Test(arguments: [
        (ResponseCode.serverFailure, ResolutionFailure.serverFailure), (.refused, .refused),
        (ResponseCode(rawValue: 9), .unexpected(ResponseCode(rawValue: 9))),
    ])
    func `when none can answer, the failure says why`(
        code: ResponseCode, failure: ResolutionFailure
    ) async throws {
        let answer = try await TestServers.ask([
            TestServers.failing(code), TestServers.failing(code),
        ])
        #expect(answer.failure == failure)
        #expect(answer.attempts.count == 2)
    }

    @Test func `SERVFAIL says more than the silence of another server`() async throws {
        let answer = try await TestServers.ask([
            TestServers.silent, TestServers.failing(.serverFailure),
        ]) {
            $0.tryTimeout = .seconds(1)
            $0.timeout = .seconds(4)
        }
        #expect(answer.failure == .serverFailure)
    }

    @Test func `a silent server is followed by the next`() async throws {
        let answer = try await TestServers.ask(
            [TestServers.silent, TestServers.honest], tune: TestServers.hurried)
        #expect(!answer.records.isEmpty)
        #expect(answer.attempts.first?.outcome == .silent)
    }

    @Test func `a lost datagram is sent again`() async throws {
        let seen = Atomic<Int>(0)
        let answer = try await TestServers.ask(
            [
                { query, transport in
                    seen.add(1, ordering: .relaxed).oldValue == 0
                        ? [] : TestServers.honest(query, transport)
                }
            ], tune: TestServers.hurried)
        #expect(!answer.records.isEmpty)
        #expect(answer.attempts.first?.outcome == .silent)
    }

    @Test func `silence ends at the deadline, after a bounded number of tries`() async throws {
        let answer = try await TestServers.ask([TestServers.silent, TestServers.silent]) {
            $0.tryTimeout = .milliseconds(10)
            $0.maxTries = 5
        }
        #expect(answer.failure == .timedOut)
        #expect(answer.attempts.count == 5)
        let early = try await TestServers.ask([TestServers.silent]) {
            $0.timeout = .milliseconds(100)
        }
        #expect(early.failure == .timedOut)
        #expect(early.attempts.count == 1)
    }

    @Test func `a server that is not there is followed by the next`() async throws {
        let loop = try EventLoop(name: "dns")
        defer { loop.shutdown() }
        let responder = try await ZoneResponder.start(
            TestServers.zone, at: SocketAddress("127.0.0.1:0")!, on: loop)
        let gone = try await ZoneResponder.start(
            TestServers.zone, at: SocketAddress("127.0.0.1:0")!, on: loop)
        await gone.stop()
        let resolver = Resolver(servers: [gone.address, responder.address], on: loop)
        let answer = await resolver.resolve(TestServers.name, .a)
        #expect(!answer.records.isEmpty)
        #expect(answer.attempts.first?.outcome == .unreachable("Connection refused"))
        await responder.stop()
        let none = await resolver.resolve(TestServers.name, .a)
        #expect(none.failure == .unreachable)
    }

    @Test func `a compression loop is malformed, and the next server is asked`() async throws {
        let looping: TestServers.Behaviour = { query, _ in
            var bytes = TestServers.zone.answer(to: query).bytes
            let question = 12 + query.questions[0].name.wire.count + 4
            bytes[question] = 0xc0 | UInt8(question >> 8)
            bytes[question + 1] = UInt8(question & 0xff)
            return [bytes]
        }
        let answer = try await TestServers.ask([looping, TestServers.honest])
        #expect(!answer.records.isEmpty)
        #expect(answer.attempts.first?.outcome == .malformed(.badPointer))
        let alone = try await TestServers.ask([looping])
        #expect(alone.failure == .malformed)
    }

    @Test func `a server that does not know EDNS is asked without`() async throws {
        let old: TestServers.Behaviour = { query, transport in
            guard query.edns != nil else { return TestServers.honest(query, transport) }
            return [
                Message(
                    MessageHeader(id: query.header.id, isResponse: true, responseCode: .formatError)
                ).bytes
            ]
        }
        let answer = try await TestServers.ask([old])
        #expect(!answer.records.isEmpty)
        #expect(
            answer.attempts.map(\.outcome) == [
                .answered(.formatError, nil), .answered(.noError, nil),
            ])
    }

    @Test func `a referral is lame`() async throws {
        let lame: TestServers.Behaviour = { query, _ in
            var response = TestServers.zone.answer(to: query)
            response.answers = []
            response.header.recursionAvailable = false
            response.authorities = [ResourceRecord(.root, ttl: 1, .ns(DNSName("a.root")!))]
            return [response.bytes]
        }
        let answer = try await TestServers.ask([lame])
        #expect(answer.failure == .lame)
        #expect(!(try await TestServers.ask([lame, TestServers.honest])).records.isEmpty)
    }
}
