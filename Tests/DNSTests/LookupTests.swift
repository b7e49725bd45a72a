// SPDX-License-Identifier: Apache-2.0
import Networking
import Synchronization
import Testing

@testable import DNS

/// What is built of questions: many at once, aliases, CAA, hosts.
@Suite struct LookupTests {
    @Test func `identical questions under way share one query`() async throws {
        let seen = Atomic<Int>(0)
        let counting: TestServers.Behaviour = { query, transport in
            seen.add(1, ordering: .relaxed)
            return TestServers.honest(query, transport)
        }
        let answers = try await TestServers.withResolver([counting]) { resolver in
            await resolver.resolve(Array(repeating: Question(TestServers.name, .a), count: 20))
        }
        #expect(answers.allSatisfy { !$0.records.isEmpty })
        #expect(seen.load(ordering: .relaxed) == 1)
    }

    @Test func `lookups beyond the sockets wait, beyond the line they fail`() async throws {
        let questions = (0..<12).map { Question(DNSName("n\($0).example")!, .a) }
        let answers = try await TestServers.withResolver(
            [TestServers.honest],
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
        let answers = try await TestServers.withResolver(
            [TestServers.silent],
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
        let (chain, end) = try await TestServers.withResolver([
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
        let climb = try await TestServers.withResolver([
            { query, _ in [zone.answer(to: query).bytes] }
        ]) {
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
        let climb = try await TestServers.withResolver([TestServers.honest]) {
            await $0.relevantCAA(for: DNSName("a.b.c.d.e.shop.example.org")!)
        }
        #expect(climb.result == .unrestricted)
        #expect(climb.answers.last?.question.name == DNSName("org"))
        #expect(climb.answers.count == 8)
    }

    @Test func `hosts are found by number, by file, by DNS`() async throws {
        try await TestServers.withResolver([TestServers.honest]) { resolver in
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
