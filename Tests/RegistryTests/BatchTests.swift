// SPDX-License-Identifier: Apache-2.0
import Foundation
import Networking
import Storage
import Synchronization
import TLS
import Testing

@testable import Registry

/// Changes that wait for the same commit.
struct BatchTests {
    private typealias Change = @Sendable () async throws -> Void

    private struct Declined: Error {}

    private static func register(_ name: String, in ledger: Ledger) -> Change {
        { try await ledger.register(name) }
    }

    /// Writes so many records of so many bytes, and reads so many that are not there.
    private static func write(
        _ count: Int, bytes: Int = 1, reading: Int = 0, from first: Int, in ledger: Ledger
    ) -> Change {
        {
            try await ledger.registry.change(by: ledger.caller) { draft in
                for number in 0..<reading { _ = try await draft.privateKey(-first - number) }
                for number in first..<(first + count) {
                    draft.putPrivateKey(Array(repeating: 1, count: bytes), as: number)
                }
            }
        }
    }

    @Test func `changes that come together share one commit`() async throws {
        let ledger = try Ledger()
        let outcomes = await ledger.together(
            (1...50).map { Self.register("n\($0).example.com", in: ledger) })
        #expect(outcomes.allSatisfy { $0.error == nil })
        #expect(ledger.memory.commits == 1)
        let events = try await ledger.events()
        #expect(events.map(\.number.value) == Array(1...50))
        #expect(events.map(\.subject.name) == (1...50).map { "n\($0).example.com" })
    }

    @Test func `one that throws leaves nothing, and those that share its commit hold`()
        async throws
    {
        let ledger = try Ledger()
        let outcomes = await ledger.together([
            Self.register("a.example.com", in: ledger),
            { @Sendable in
                try await ledger.registry.change(by: ledger.caller) { draft in
                    let domain = draft.put(
                        Domain(
                            number: try await draft.nextNumber(), account: "main",
                            name: try Ledger.name("b.example.com"), source: .api, at: draft.now))
                    draft.record(.domainRegistered, about: domain)
                    throw Declined()
                }
            },
            Self.register("c.example.com", in: ledger),
        ])
        #expect(outcomes[0].error == nil)
        #expect(outcomes[1].error is Declined)
        #expect(outcomes[2].error == nil)
        #expect(ledger.memory.commits == 1)
        let name = try Ledger.name("b.example.com")
        #expect(try await ledger.registry.domain(named: name) == nil)
        #expect(try await ledger.events().map(\.number.value) == [1, 2])
        #expect(try await ledger.events().map(\.subject.number) == [1, 2])
    }

    @Test func `500 changes at once and another writer leave a log without gap or double number`()
        async throws
    {
        let ledger = try Ledger(eventsMax: 10_000)
        let other = try ledger.another()
        let turns = Mutex(0)
        let isNested = Mutex(false)
        ledger.memory.beforeCommit.withLock { hook in
            hook = {
                guard
                    isNested.withLock({ flag in
                        defer { flag.toggle() }
                        return !flag
                    })
                else { return }
                let turn = turns.withLock { turn in
                    turn += 1
                    return turn
                }
                // Two of three times it is faster.
                guard turn % 3 != 0 else { return isNested.withLock { $0 = false } }
                _ = try? await other.register("other\(turn).example.com")
            }
        }
        try await withThrowingTaskGroup(of: Void.self) { group in
            for index in 0..<500 {
                group.addTask { try await ledger.register("n\(index).example.com") }
            }
            try await group.waitForAll()
        }
        ledger.memory.beforeCommit.withLock { $0 = nil }
        let all = ledger.memory.all
        let events = all.filter { $0.key.text.hasPrefix("event/") }
        let overtaken = turns.withLock { $0 }
        #expect(overtaken > 3)
        #expect(events.compactMap { Int(lastPartOf: $0.key) }.sorted() == Array(1...events.count))
        let domains = all.filter { $0.key.text.hasPrefix("object/domain/") }
        #expect(domains.count == events.count)
        for index in 0..<500 {
            let name = try Ledger.name("n\(index).example.com")
            #expect(try await ledger.registry.domain(named: name) != nil)
        }
    }

    @Test func `an index made by a change is seen by the next, and one that is gone is not`()
        async throws
    {
        let ledger = try Ledger()
        let name = try Ledger.name("a.example.com")
        let registry = ledger.registry
        let caller = ledger.caller
        let outcomes = await ledger.together([
            Self.register("a.example.com", in: ledger),
            { @Sendable in
                try await registry.change(by: caller) { draft in
                    var domain = try #require(try await draft.domain(named: name))
                    domain.clientReference = "r"
                    #expect(draft.put(domain).generation == 2)
                }
            },
            { @Sendable in
                try await registry.change(by: caller) { draft in
                    let domain = try #require(try await draft.domain(named: name))
                    #expect(domain.clientReference == "r")
                    draft.remove(domain)
                }
            },
            { @Sendable in
                try await registry.change(by: caller) { draft in
                    let gone = try await draft.domain(named: name)
                    #expect(gone == nil)
                }
            },
            Self.register("a.example.com", in: ledger),
        ])
        #expect(outcomes.allSatisfy { $0.error == nil })
        #expect(ledger.memory.commits == 1)
        #expect(try await registry.domain(named: name)?.number.value == 2)
        let indexes = ledger.memory.all.filter { $0.key.text.hasPrefix("by/") }
        #expect(indexes.allSatisfy { $0.value.split(separator: UInt8(ascii: " "))[0] == [0x32] })
        #expect(indexes.count == 2)
    }

    @Test func `what an earlier change of the commit has is taken, and what it has left is not`()
        async throws
    {
        let ledger = try Ledger()
        let host = try #require(ServerName("shop.example.com"))
        let (old, new) = try await ledger.registry.change(by: ledger.caller) { draft in
            var old = Site(
                number: try await draft.nextNumber(), account: "main", name: "old", at: draft.now)
            old.hosts = [host]
            let new = Site(
                number: try await draft.nextNumber(), account: "main", name: "new", at: draft.now)
            return (draft.put(old), draft.put(new))
        }
        @Sendable func set(_ hosts: [ServerName], of site: Site) async throws {
            try await ledger.registry.change(by: ledger.caller) { draft in
                var site = try #require(try await draft.site(site.number))
                site.hosts = hosts
                draft.put(site)
            }
        }
        let outcomes = await ledger.together([
            Self.register("a.example.com", in: ledger),
            Self.register("a.example.com", in: ledger),
            { @Sendable in try await set([host], of: new) },
            { @Sendable in try await set([], of: old) },
            { @Sendable in try await set([host], of: new) },
        ])
        #expect(outcomes[0].error == nil)
        #expect(outcomes[1].error as? RegistryError == .taken("by/domain-name/a.example.com"))
        #expect(outcomes[2].error as? RegistryError == .taken("by/site-host/shop.example.com"))
        #expect(outcomes[3].error == nil)
        #expect(outcomes[4].error == nil)
        #expect(ledger.memory.commits == 2)
        #expect(try await ledger.registry.site(hosting: host)?.number == new.number)
    }

    @Test func `a webhook is told from the change that made it, not from its commit`() async throws
    {
        let ledger = try Ledger()
        let hooks = Mutex<[Webhook]>([])
        _ = await ledger.together([
            Self.register("a.example.com", in: ledger),
            { @Sendable in
                let hook = try await ledger.registry.change(by: ledger.caller) { draft in
                    let hook = draft.put(
                        Webhook(
                            number: try await draft.nextNumber(), account: "main",
                            url: "https://hooks.example", format: .native, secret: "s",
                            at: draft.now))
                    draft.record(.webhookCreated, about: hook)
                    return hook
                }
                hooks.withLock { $0.append(hook) }
            },
            Self.register("b.example.com", in: ledger),
        ])
        #expect(ledger.memory.commits == 1)
        let hook = try #require(hooks.withLock { $0.first })
        let registry = ledger.registry
        _ = try await registry.takeIn(for: hook, telling: Set(Event.Kind.allCases), after: nil)
        let waiting = try await registry.pendingDeliveries(of: hook.number, limit: 10)
        #expect(waiting.map(\.event.value) == [2, 3])
    }

    @Test func `answers that share a commit leave no more than an account may have`() async throws {
        let ledger = try Ledger()
        let answer = RememberedRequest.Answer(status: 200, fields: [], body: [1])
        _ = await ledger.together(
            (0..<20).map { index -> Change in
                {
                    try await ledger.registry.remember(
                        answer, to: RepeatableRequest(key: "k\(index)", fingerprint: "f"),
                        by: ledger.caller, countMax: 5)
                }
            })
        #expect(ledger.memory.commits == 1)
        let kept = ledger.memory.all.filter { $0.key.text.contains("/key/") }
        #expect(Set(kept.map(\.key.text)) == Set((15..<20).map { "answer/main/key/k\($0)" }))
    }

    @Test func `a wildcard meets the names that another account took in the same batch`()
        async throws
    {
        let ledger = try Ledger()
        let wildcard = CertificateName.wildcard(of: try #require(ServerName("example.com")))
        let stranger = Caller(account: "other", actor: "x", requestID: "r")
        let met = Mutex<[CertificateName?]>([])
        let look: Change = {
            try await ledger.registry.change(by: stranger) { draft in
                let domain = try await draft.foreignDomain(overlapping: wildcard)
                met.withLock { $0.append(domain?.name) }
            }
        }
        let outcomes = await ledger.together([
            // Two labels more are none of the wildcard's.
            Self.register("a.b.example.com", in: ledger), look,
            Self.register("a.example.com", in: ledger), look,
        ])
        #expect(outcomes.allSatisfy { $0.error == nil })
        #expect(ledger.memory.commits == 1)
        #expect(met.withLock { $0.map { $0?.text } } == [nil, "a.example.com"])
    }

    // MARK: Bounds

    @Test func `a commit takes so many changes and no more`() async throws {
        let ledger = try Ledger()
        // The first is the one that they wait for.
        let count = 2 * Registry.batchMaxDefault
        _ = await ledger.together(
            (1...count).map { Self.write(1, from: $0, in: ledger) })
        #expect(ledger.memory.commits == 3)
        #expect(ledger.memory.all.count == count)
    }

    @Test(arguments: [
        // Writes, bytes of each, reads; how many share a commit: until it is half full.
        (RecordTransaction.writesMax / 4, 1, 0, 2),
        (RecordTransaction.writesMax / 4 - 1, 1, 0, 3),
        // A key has 14 bytes.
        (1, (1 << 18) - 14, 0, 2),
        (1, (1 << 18) - 15, 0, 3),
        (1, 1, RecordTransaction.writesMax / 4, 2),
        (1, 1, RecordTransaction.writesMax / 4 - 1, 3),
    ])
    func `a commit that is half full takes no further change`(
        writes: Int, bytes: Int, reads: Int, shared: Int
    ) async throws {
        let ledger = try Ledger()
        let outcomes = await ledger.together(
            (0..<(2 * shared)).map {
                Self.write(
                    writes, bytes: bytes, reading: reads, from: 10_000 * ($0 + 1), in: ledger)
            })
        #expect(outcomes.allSatisfy { $0.error == nil })
        #expect(ledger.memory.commits == 2)
        #expect(ledger.memory.largestCommit <= RecordTransaction.writesMax)
        #expect(ledger.memory.all.count == 2 * shared * writes)
    }

    @Test func `a change that a commit has no room for is in the next one`() async throws {
        let ledger = try Ledger()
        let outcomes = await ledger.together([
            Self.write(1, from: 1, in: ledger),
            Self.write(RecordTransaction.writesMax, from: 10_000, in: ledger),
            Self.write(1, from: 2, in: ledger),
        ])
        #expect(outcomes.allSatisfy { $0.error == nil })
        #expect(ledger.memory.commits == 3)
    }

    @Test func `a change that no commit has room for fails alone`() async throws {
        let ledger = try Ledger()
        let tooMany = RecordTransaction.writesMax + 1
        let outcomes = await ledger.together([
            Self.register("a.example.com", in: ledger),
            Self.write(tooMany, from: 1, in: ledger),
            Self.register("b.example.com", in: ledger),
        ])
        #expect(outcomes[0].error == nil)
        #expect(outcomes[1].error as? RegistryError == .tooLarge(writes: tooMany))
        #expect(outcomes[2].error == nil)
        #expect(ledger.memory.commits == 1)
        #expect(!ledger.memory.all.contains { $0.key.text.hasPrefix("key/") })
    }

    @Test func `a change with a value that the store does not take fails alone`() async throws {
        let path = NSTemporaryDirectory() + "nameplate-batch-\(UInt64.random(in: 0 ... .max))"
        let loop = try EventLoop(name: "storage")
        defer {
            loop.shutdown()
            try? FileManager.default.removeItem(atPath: path)
        }
        let ledger = try Ledger(over: try RecordFiles(directory: path, on: loop))
        let outcomes = await ledger.together([
            Self.register("a.example.com", in: ledger),
            Self.write(1, bytes: Record.valueBytesMax + 1, from: 1, in: ledger),
            Self.register("b.example.com", in: ledger),
        ])
        #expect(outcomes[0].error == nil)
        #expect(outcomes[1].error is StorageError)
        #expect(outcomes[2].error == nil)
        #expect(try await ledger.events().map(\.number.value) == [1, 2])
    }

    @Test func `a change that fills its commit is not too large for what leaves the log`()
        async throws
    {
        let ledger = try Ledger(eventsMax: 5)
        for index in 1...20 { try await ledger.register("n\(index).example.com") }
        // With the number of the last one event fewer than a transaction has room for.
        let count = RecordTransaction.writesMax / 2 - 1
        try await ledger.registry.change(by: ledger.caller) { draft in
            for _ in 0..<count {
                draft.record(.domainChanged, about: Event.Subject(.domain, 1, "a"), data: nil)
            }
        }
        #expect(ledger.memory.largestCommit <= RecordTransaction.writesMax)
        // Each lets eight of them go beside its own.
        let more = count / 7
        for index in 0..<more { try await ledger.register("m\(index).example.com") }
        let last = 20 + count + more
        #expect(try await ledger.events().map(\.number.value) == Array((last - 4)...last))
    }

    @Test func `what is read ahead is read in one go`() async throws {
        let ledger = try Ledger()
        let names = try (1...100).map { try Ledger.name("n\($0).example.com") }
        for name in names.prefix(50) { try await ledger.register(name.text) }
        let before = ledger.memory.reads
        try await ledger.registry.change(by: ledger.caller) { draft in
            try await draft.readAhead(names)
            for name in names {
                _ = try await draft.domain(named: name)
                _ = try await draft.isWithdrawn(name)
            }
        }
        // The names, then their domains.
        #expect(ledger.memory.reads == before + 2)
    }
}
