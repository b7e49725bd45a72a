// SPDX-License-Identifier: Apache-2.0
import FoundationEssentials
import Registry
import Storage
import Synchronization
import TLS
import Testing

struct ChangeTests {
    @Test func `an object and its event are written by one commit`() async throws {
        let ledger = try Ledger()
        let domain = try await ledger.register("shop.example.com")
        #expect(ledger.memory.commits == 1)
        #expect(domain.generation == 1)
        let event = try #require(try await ledger.events().first)
        #expect(event.number.value == 1)
        #expect(event.kind == .domainRegistered)
        #expect(event.subject == domain.subject)
        #expect(event.actor == "app")
        #expect(event.requestID == "r-1")
        #expect(event.data == domain.snapshot)
        let name = try Ledger.name("shop.example.com")
        #expect(try await ledger.registry.domain(named: name)?.number == domain.number)
    }

    @Test func `a body that throws leaves nothing`() async throws {
        struct Declined: Error {}
        let ledger = try Ledger()
        await #expect(throws: Declined.self) {
            try await ledger.registry.change(by: ledger.caller) { draft in
                let number: DomainNumber = try await draft.nextNumber()
                draft.put(
                    Domain(
                        number: number, account: "main", name: try Ledger.name("a.example.com"),
                        source: .api, at: draft.now))
                throw Declined()
            }
        }
        #expect(ledger.memory.all.isEmpty)
    }

    @Test func `each change counts the generation once`() async throws {
        let ledger = try Ledger()
        let made = try await ledger.register("shop.example.com")
        let changed = try await ledger.registry.change(by: ledger.caller) { draft in
            var domain = try #require(try await draft.domain(made.number))
            domain.state = .routed
            domain = draft.put(domain)
            domain.state = .secured
            return draft.put(domain)
        }
        #expect(changed.generation == 2)
        #expect(try await ledger.registry.domain(made.number)?.generation == 2)
        #expect(try await ledger.registry.domain(made.number)?.state == .secured)
    }

    @Test func `a change is begun again when another process was faster`() async throws {
        let ledger = try Ledger()
        let other = try ledger.another()
        let intruder = Mutex(0)
        ledger.memory.beforeCommit.withLock { hook in
            hook = {
                let isFirst = intruder.withLock { count in
                    count += 1
                    return count == 1
                }
                if isFirst { _ = try? await other.register("other.example.com") }
            }
        }
        let mine = try await ledger.register("mine.example.com")
        ledger.memory.beforeCommit.withLock { $0 = nil }
        let events = try await ledger.events()
        #expect(events.map(\.number.value) == [1, 2])
        #expect(events.map(\.subject.name) == ["other.example.com", "mine.example.com"])
        #expect(mine.number.value == 2)
    }

    @Test func `a change that others always overtake ends after so many attempts`() async throws {
        let ledger = try Ledger()
        let other = try ledger.another()
        let count = Mutex(0)
        let isNested = Mutex(false)
        ledger.memory.beforeCommit.withLock { hook in
            hook = {
                guard
                    isNested.withLock({ flag in
                        defer { flag.toggle() }
                        return !flag
                    })
                else { return }
                let name = count.withLock { count in
                    count += 1
                    return "n\(count).example.com"
                }
                _ = try? await other.register(name)
            }
        }
        await #expect(throws: RegistryError.contended) {
            try await ledger.register("mine.example.com")
        }
        #expect(count.withLock { $0 } == Registry.attemptsMax)
    }

    @Test func `two writers at once lose nothing`() async throws {
        let ledger = try Ledger()
        let other = try ledger.another()
        try await withThrowingTaskGroup(of: Void.self) { group in
            for index in 0..<50 {
                group.addTask { try await ledger.register("a\(index).example.com") }
                group.addTask {
                    // Another process yields as often as it has to.
                    while true {
                        do {
                            try await other.register("b\(index).example.com")
                            return
                        } catch RegistryError.contended {}
                    }
                }
            }
            try await group.waitForAll()
        }
        let events = try await ledger.events()
        #expect(events.map(\.number.value) == Array(1...100))
        let domains = try await ledger.registry.domains(of: "main", page: 0, size: 500)
        #expect(Set(domains.elements.map(\.number.value)) == Set(1...100))
    }

    @Test func `a name that a change has not looked for is not taken from its domain`() async throws
    {
        let ledger = try Ledger()
        let first = try await ledger.register("shop.example.com")
        await #expect(throws: RegistryError.self) { try await ledger.register("shop.example.com") }
        let name = try Ledger.name("shop.example.com")
        #expect(try await ledger.registry.domain(named: name)?.number == first.number)
    }

    @Test func `a host goes from one site to another in one change`() async throws {
        let ledger = try Ledger()
        let host = try #require(ServerName("shop.example.com"))
        let (old, fresh) = try await ledger.registry.change(by: ledger.caller) { draft in
            var old = Site(
                number: try await draft.nextNumber(), account: "main", name: "old", at: draft.now)
            old.hosts = [host]
            let fresh = Site(
                number: try await draft.nextNumber(), account: "main", name: "new", at: draft.now)
            return (draft.put(old), draft.put(fresh))
        }
        try await ledger.registry.change(by: ledger.caller) { draft in
            var loser = try #require(try await draft.site(hosting: host))
            var winner = try #require(try await draft.site(fresh.number))
            loser.hosts = []
            winner.hosts = [host]
            draft.put(winner)
            draft.put(loser)
        }
        #expect(old.number != fresh.number)
        #expect(try await ledger.registry.site(hosting: host)?.number == fresh.number)
    }

    @Test func `what is removed is found nowhere`() async throws {
        let ledger = try Ledger()
        let made = try await ledger.register(
            "shop.example.com", reference: "r", origins: ["http://a"])
        try await ledger.registry.change(by: ledger.caller) { draft in
            draft.remove(try #require(try await draft.domain(made.number)))
        }
        let name = try Ledger.name("shop.example.com")
        #expect(try await ledger.registry.domain(named: name) == nil)
        let indexes = ledger.memory.all.filter { $0.key.text.hasPrefix("by/") }
        #expect(indexes.isEmpty)
    }

    @Test func `a change that is too large writes nothing`() async throws {
        let ledger = try Ledger()
        await #expect(throws: RegistryError.self) {
            try await ledger.registry.change(by: ledger.caller) { draft in
                for number in 0...RecordTransaction.writesMax {
                    draft.putPrivateKey([1], as: number)
                }
            }
        }
        #expect(ledger.memory.all.isEmpty)
    }

    @Test func `one more change than may wait is busy`() async throws {
        let ledger = try Ledger()
        let gate = AsyncStream.makeStream(of: Void.self)
        let turn = AsyncStream.makeStream(of: Void.self)
        let caller = ledger.caller
        async let first: Void = ledger.registry.change(by: caller) { _ in
            turn.continuation.yield()
            for await _ in gate.stream { break }
        }
        for await _ in turn.stream { break }
        let registry = ledger.registry
        let go = gate.continuation
        let busy = try await withThrowingTaskGroup(of: Int.self) { group in
            for _ in 0..<(Registry.waitingMax + 1) {
                group.addTask {
                    do {
                        try await registry.change(by: caller) { _ in }
                        return 0
                    } catch RegistryError.busy {
                        // The only one that does not wait.
                        go.yield()
                        return 1
                    }
                }
            }
            return try await group.reduce(0, +)
        }
        try await first
        #expect(busy == 1)
    }
}
