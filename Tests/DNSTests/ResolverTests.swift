// SPDX-License-Identifier: Apache-2.0
import Networking
import Synchronization
import Testing

@testable import DNS

@Suite struct ResolverTests {
    static let name = DNSName("shop.example.com")!
    static let zone = Zone([
        ResourceRecord(name, ttl: 60, .address(IPAddress("192.0.2.1")!)),
        ResourceRecord(DNSName("www.example.com")!, ttl: 60, .cname(name)),
    ])

    /// What a server of the test does with a query: the bytes to send, one, several or none.
    typealias Behaviour = @Sendable (Message, DNSTransport) -> [[UInt8]]

    static let honest: Behaviour = { query, _ in [zone.answer(to: query).bytes] }
    static let silent: Behaviour = { _, _ in [] }

    static func failing(_ code: ResponseCode) -> Behaviour {
        { query, _ in
            var response = zone.answer(to: query)
            response.answers = []
            response.header.responseCode = code
            return [response.bytes]
        }
    }

    /// For tests that wait for a silent server.
    private func hurried(_ configuration: inout Resolver.Configuration) {
        configuration.tryTimeout = .milliseconds(300)
    }

    /// Asks a resolver over servers that behave as given, on a loop of their own.
    static func ask(
        _ behaviours: [Behaviour], _ name: DNSName = name, _ type: RecordType = .a,
        tune: (inout Resolver.Configuration) -> Void = { _ in }
    ) async throws -> Answer {
        try await withResolver(behaviours, tune: tune) { await $0.resolve(name, type) }
    }

    static func withResolver<R: Sendable>(
        _ behaviours: [Behaviour], handling: CaseHandling? = .folding,
        tune: (inout Resolver.Configuration) -> Void = { _ in },
        _ body: (Resolver) async throws -> R
    ) async throws -> R {
        let loop = try EventLoop(name: "dns")
        defer { loop.shutdown() }
        let started = await loop.run {
            Result {
                LoopBound(
                    try behaviours.map { behaviour in
                        try Responder(at: SocketAddress("127.0.0.1:0")!, on: loop) {
                            bytes, transport in
                            behaviour(try! Message(bytes), transport)
                        }
                    }, on: loop)
            }
        }
        let responders = try started.get()
        let servers = await loop.run { responders.value.map(\.address) }
        var configuration = Resolver.Configuration(servers: servers)
        configuration.tryTimeout = .seconds(3)
        tune(&configuration)
        let resolver = Resolver(configuration, on: loop)
        for server in servers { await resolver.take(server, for: handling) }
        let result = try await body(resolver)
        await loop.run { for responder in responders.value { responder.close() } }
        return result
    }

    /// A server that compares names byte by byte, with an address for all that it does not know.
    static let exact: Behaviour = { query, _ in
        var response = zone.answer(to: query)
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
        try await Self.withResolver([Self.exact], handling: nil) { resolver in
            let www = DNSName("www.example.com")!
            let address = await resolver.resolve(Self.name, .a)
            #expect(address.addresses == [IPAddress("192.0.2.1")!])
            var alias = await resolver.resolve(www, .cname)
            // One of eight thousand questions happens to be in lower case.
            while alias.attempts.count < 2, await resolver.caseHandling.isEmpty {
                alias = await resolver.resolve(www, .cname)
            }
            #expect(alias.records.map(\.data) == [.cname(Self.name)])
            #expect(await resolver.caseHandling.values.allSatisfy { $0 == .exact })
            #expect(await resolver.resolve(Self.name, .a).attempts.count == 1)
        }
    }

    @Test func `a server that finds a name in upper case is asked once`() async throws {
        try await Self.withResolver([Self.honest], handling: nil) { resolver in
            let denied = await resolver.resolve(Self.name, .caa)
            #expect(denied.attempts.count == 2)
            while await resolver.caseHandling.isEmpty {
                _ = await resolver.resolve(DNSName("www.example.com")!, .cname)
            }
            #expect(await resolver.caseHandling.values.allSatisfy { $0 == .folding })
            #expect(await resolver.resolve(Self.name, .caa).attempts.count == 1)
        }
    }

    @Test func `an answer has the records and who said so`() async throws {
        let answer = try await Self.ask([Self.honest])
        #expect(answer.addresses == [IPAddress("192.0.2.1")!])
        #expect(answer.attempts.map(\.outcome) == [.answered(.noError, nil)])
        #expect(answer.description.hasPrefix("shop.example.com A: 192.0.2.1 (127.0.0.1:"))
    }

    @Test func `aliases are followed over several answers`() async throws {
        let onlyFirst: Behaviour = { query, _ in
            var response = Self.zone.answer(to: query)
            response.answers = Array(response.answers.prefix(1))
            return [response.bytes]
        }
        let answer = try await Self.ask([onlyFirst], DNSName("www.example.com")!)
        #expect(answer.addresses == [IPAddress("192.0.2.1")!])
        #expect(answer.chain.hops.map(\.target) == [Self.name])
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
        let answer = try await Self.ask([
            { query, _ in
                let response = Self.zone.answer(to: query)
                var forged = response
                forge(&forged)
                forged.answers = [
                    ResourceRecord(Self.name, ttl: 1, .address(IPAddress("203.0.113.6")!))
                ]
                return [forged.bytes, [], [1, 2, 3], response.bytes]
            }
        ])
        #expect(answer.addresses == [IPAddress("192.0.2.1")!])
    }

    @Test func `forgeries alone are no answer`() async throws {
        let wrongID: Behaviour = { query, _ in
            var response = Self.zone.answer(to: query)
            response.header.id ^= 1
            return [response.bytes]
        }
        let answer = try await Self.ask([wrongID]) { $0.timeout = .milliseconds(500) }
        #expect(answer.failure == .timedOut)
    }

    @Test func `a flood of forgeries is given up`() async throws {
        let flood: Behaviour = { query, transport in
            var response = Self.zone.answer(to: query)
            response.header.id ^= 1
            return Array(repeating: response.bytes, count: 80)
        }
        let answer = try await Self.ask([flood, Self.honest])
        #expect(answer.attempts.first?.outcome == .flooded)
        #expect(!answer.records.isEmpty)
    }

    @Test func `a server that changes the case is believed over TCP`() async throws {
        let normalising: Behaviour = { query, _ in
            var response = Self.zone.answer(to: query)
            response.questions[0].name = Self.name
            return [response.bytes]
        }
        let answer = try await Self.ask([normalising])
        #expect(!answer.records.isEmpty)
        #expect(answer.attempts.map(\.outcome) == [.caseChanged, .answered(.noError, nil)])
        #expect(answer.attempts.map(\.transport) == [.udp, .tcp])
    }

    @Test func `a cut answer is fetched over TCP, whatever its size`() async throws {
        let large = Zone(
            (0..<3000).map { index in
                ResourceRecord(Self.name, ttl: 60, .address(.v4(0xc000_0000 + UInt32(index))))
            })
        let cutting: Behaviour = { query, transport in
            var response = large.answer(to: query)
            if transport == .tcp { return [response.bytes] }
            response.header.isTruncated = true
            return [Array(response.bytes.prefix(1232))]
        }
        let answer = try await Self.ask([cutting])
        #expect(answer.records.count == 3000)
        #expect(answer.attempts.map(\.outcome) == [.truncated, .answered(.noError, nil)])
    }

    @Test(arguments: [ResponseCode.serverFailure, .refused, ResponseCode(rawValue: 9)])
    func `a server that cannot answer is followed by the next`(code: ResponseCode) async throws {
        let answer = try await Self.ask([Self.failing(code), Self.honest])
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
        let answer = try await Self.ask([Self.failing(code), Self.failing(code)])
        #expect(answer.failure == failure)
        #expect(answer.attempts.count == 2)
    }

    @Test func `SERVFAIL says more than the silence of another server`() async throws {
        let answer = try await Self.ask([Self.silent, Self.failing(.serverFailure)]) {
            $0.tryTimeout = .milliseconds(300)
            $0.timeout = .milliseconds(900)
        }
        #expect(answer.failure == .serverFailure)
    }

    @Test func `a silent server is followed by the next`() async throws {
        let answer = try await Self.ask([Self.silent, Self.honest], tune: hurried)
        #expect(!answer.records.isEmpty)
        #expect(answer.attempts.first?.outcome == .silent)
    }

    @Test func `a lost datagram is sent again`() async throws {
        let seen = Atomic<Int>(0)
        let answer = try await Self.ask(
            [
                { query, transport in
                    seen.add(1, ordering: .relaxed).oldValue == 0
                        ? [] : Self.honest(query, transport)
                }
            ], tune: hurried)
        #expect(!answer.records.isEmpty)
        #expect(answer.attempts.first?.outcome == .silent)
    }

    @Test func `silence ends at the deadline, after a bounded number of tries`() async throws {
        let answer = try await Self.ask([Self.silent, Self.silent]) {
            $0.tryTimeout = .milliseconds(10)
            $0.maxTries = 5
        }
        #expect(answer.failure == .timedOut)
        #expect(answer.attempts.count == 5)
        let early = try await Self.ask([Self.silent]) { $0.timeout = .milliseconds(100) }
        #expect(early.failure == .timedOut)
        #expect(early.attempts.count == 1)
    }

    @Test func `a server that is not there is followed by the next`() async throws {
        let loop = try EventLoop(name: "dns")
        defer { loop.shutdown() }
        let responder = try await ZoneResponder.start(
            Self.zone, at: SocketAddress("127.0.0.1:0")!, on: loop)
        let gone = try await ZoneResponder.start(
            Self.zone, at: SocketAddress("127.0.0.1:0")!, on: loop)
        await gone.stop()
        let resolver = Resolver(servers: [gone.address, responder.address], on: loop)
        let answer = await resolver.resolve(Self.name, .a)
        #expect(!answer.records.isEmpty)
        #expect(answer.attempts.first?.outcome == .unreachable("Connection refused"))
        await responder.stop()
        let none = await resolver.resolve(Self.name, .a)
        #expect(none.failure == .unreachable)
    }

    @Test func `a compression loop is malformed, and the next server is asked`() async throws {
        let looping: Behaviour = { query, _ in
            var bytes = Self.zone.answer(to: query).bytes
            let question = 12 + query.questions[0].name.wire.count + 4
            bytes[question] = 0xc0 | UInt8(question >> 8)
            bytes[question + 1] = UInt8(question & 0xff)
            return [bytes]
        }
        let answer = try await Self.ask([looping, Self.honest])
        #expect(!answer.records.isEmpty)
        #expect(answer.attempts.first?.outcome == .malformed(.badPointer))
        let alone = try await Self.ask([looping])
        #expect(alone.failure == .malformed)
    }

    @Test func `a server that does not know EDNS is asked without`() async throws {
        let old: Behaviour = { query, transport in
            guard query.edns != nil else { return Self.honest(query, transport) }
            return [
                Message(
                    MessageHeader(id: query.header.id, isResponse: true, responseCode: .formatError)
                ).bytes
            ]
        }
        let answer = try await Self.ask([old])
        #expect(!answer.records.isEmpty)
        #expect(
            answer.attempts.map(\.outcome) == [
                .answered(.formatError, nil), .answered(.noError, nil),
            ])
    }

    @Test func `a referral is lame`() async throws {
        let lame: Behaviour = { query, _ in
            var response = Self.zone.answer(to: query)
            response.answers = []
            response.header.recursionAvailable = false
            response.authorities = [ResourceRecord(.root, ttl: 1, .ns(DNSName("a.root")!))]
            return [response.bytes]
        }
        let answer = try await Self.ask([lame])
        #expect(answer.failure == .lame)
        #expect(!(try await Self.ask([lame, Self.honest])).records.isEmpty)
    }

    @Test func `identical questions under way share one query`() async throws {
        let seen = Atomic<Int>(0)
        let counting: Behaviour = { query, transport in
            seen.add(1, ordering: .relaxed)
            return Self.honest(query, transport)
        }
        let answers = try await Self.withResolver([counting]) { resolver in
            await resolver.resolve(Array(repeating: Question(Self.name, .a), count: 20))
        }
        #expect(answers.allSatisfy { !$0.records.isEmpty })
        #expect(seen.load(ordering: .relaxed) == 1)
    }

    @Test func `lookups beyond the sockets wait, beyond the line they fail`() async throws {
        let questions = (0..<12).map { Question(DNSName("n\($0).example")!, .a) }
        let answers = try await Self.withResolver(
            [Self.honest],
            tune: {
                $0.maxSockets = 2
                $0.maxWaiting = 4
            }
        ) { await $0.resolve(questions) }
        let overloaded = answers.filter { $0.failure == .overloaded }
        #expect(overloaded.count == 6)
        #expect(answers.filter { $0.failure == nil }.count == 6)
    }

    @Test func `a line that does not move ends at the deadline`() async throws {
        let questions = (0..<3).map { Question(DNSName("n\($0).example")!, .a) }
        let answers = try await Self.withResolver(
            [Self.silent],
            tune: {
                $0.maxSockets = 1
                $0.timeout = .milliseconds(200)
            }
        ) { await $0.resolve(questions) }
        #expect(answers.allSatisfy { $0.failure != nil })
    }

    @Test func `aliases are shown hop by hop where a lookup fails`() async throws {
        let loop = Zone([
            ResourceRecord(DNSName("a.example")!, ttl: 60, .cname(DNSName("b.example")!)),
            ResourceRecord(DNSName("b.example")!, ttl: 60, .cname(DNSName("a.example")!)),
        ])
        let (chain, end) = try await Self.withResolver([
            { query, _ in [loop.answer(to: query).bytes] }
        ]) { await $0.aliases(of: DNSName("a.example")!) }
        #expect(chain.hops.count == 2)
        #expect(end == .failure(.aliasLoop(DNSName("a.example")!)))
    }

    @Test func `the climb ends at the first records`() async throws {
        let zone = Zone([
            ResourceRecord(DNSName("example.com")!, ttl: 60, .caa(.init(tag: "issue", value: "a"))),
            ResourceRecord(DNSName("com")!, ttl: 60, .caa(.init(tag: "issue", value: "b"))),
        ])
        let climb = try await Self.withResolver([{ query, _ in [zone.answer(to: query).bytes] }]) {
            await $0.relevantCAA(for: DNSName("a.b.c.d.e.shop.example.com")!)
        }
        guard case .found(let set) = climb.result else {
            Issue.record("\(climb)")
            return
        }
        #expect(set.level == DNSName("example.com"))
        #expect(climb.answers.count == 7)
    }

    @Test func `a climb without records reaches the root's child`() async throws {
        let climb = try await Self.withResolver([Self.honest]) {
            await $0.relevantCAA(for: DNSName("a.b.c.d.e.shop.example.org")!)
        }
        #expect(climb.result == .unrestricted)
        #expect(climb.answers.last?.question.name == DNSName("org"))
        #expect(climb.answers.count == 8)
    }

    @Test func `hosts are found by number, by file, by DNS`() async throws {
        try await Self.withResolver([Self.honest]) { resolver in
            let hosts = HostResolver(
                resolver: resolver, hosts: HostsFile("192.0.2.7 filed.example"))
            var found: [[String]] = []
            for host in ["2001:db8::5", "filed.example", "app.localhost", "www.example.com"] {
                found.append(try await hosts.addresses(of: host).map(\.description))
            }
            #expect(
                found == [["2001:db8::5"], ["192.0.2.7"], ["127.0.0.1", "::1"], ["192.0.2.1"]])
            let failure = await #expect(throws: HostLookupFailure.self) {
                try await hosts.addresses(of: "gone.example.com")
            }
            #expect(failure?.description.contains("NXDOMAIN") == true)
            await #expect(throws: HostLookupFailure.self) { try await hosts.addresses(of: "a..b") }
        }
    }
}

extension Resolver {
    fileprivate func take(_ server: SocketAddress, for handling: CaseHandling?) {
        caseHandling[server] = handling
    }
}
