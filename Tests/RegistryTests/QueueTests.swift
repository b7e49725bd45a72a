// SPDX-License-Identifier: Apache-2.0
@testable import Registry
import Testing
import TLS

struct QueueTests {
    @Test func `the head stays until it is confirmed, then the next one is`() async throws {
        let ledger = try Ledger()
        for index in 1...3 { try await ledger.register("n\(index).example.com") }
        let registry = ledger.registry
        let kinds: Set = [Event.Kind.domainRegistered]
        for expected in 1...3 {
            for _ in 0..<2 {
                let head = try await registry.queueHead("default", of: "main", kinds: kinds)
                #expect(head.event?.number.value == expected)
                #expect(head.waiting == 4 - expected)
            }
            let number = try #require(EventNumber(expected))
            #expect(
                try await registry.confirm(number, in: "default", kinds: kinds, by: ledger.caller))
        }
        let empty = try await registry.queueHead("default", of: "main", kinds: kinds)
        #expect(empty.event == nil)
        #expect(empty.waiting == 0)
    }

    @Test func `only the head can be confirmed, and again what was`() async throws {
        let ledger = try Ledger()
        for index in 1...3 { try await ledger.register("n\(index).example.com") }
        let registry = ledger.registry
        func confirm(_ number: Int, by caller: Caller? = nil) async throws -> Bool {
            try await registry.confirm(
                try #require(EventNumber(number)), in: "q", kinds: [.domainRegistered],
                by: caller ?? ledger.caller)
        }
        #expect(try await !confirm(2))
        #expect(try await confirm(1))
        #expect(try await confirm(1))
        #expect(try await !confirm(99))
        let stranger = Caller(account: "other", actor: "x", requestID: "r")
        #expect(try await !confirm(2, by: stranger))
        #expect(try await confirm(2))
    }

    @Test func `queues of other names and accounts have their own place`() async throws {
        let ledger = try Ledger()
        try await ledger.register("a.example.com")
        let first = try #require(EventNumber(1))
        #expect(try await ledger.registry.confirm(first, in: "one", by: ledger.caller))
        #expect(try await ledger.registry.queueHead("two", of: "main").event?.number == first)
        #expect(try await ledger.registry.queueHead("one", of: "other").event == nil)
        // Its own confirmation does not come back to it.
        #expect(try await ledger.registry.queueHead("one", of: "main").event == nil)
        #expect(try await ledger.events().last?.kind == .queueConfirmed)
    }

    @Test func `of what waits so many are counted and no more`() async throws {
        let ledger = try Ledger(eventsMax: 5_000)
        let caller = ledger.caller
        for _ in 0..<5 {
            try await ledger.registry.change(by: caller) { draft in
                for _ in 0..<250 {
                    draft.record(.domainChanged, about: Event.Subject(.domain, 1, "a"), data: nil)
                }
            }
        }
        let head = try await ledger.registry.queueHead("q", of: "main")
        #expect(head.event?.number.value == 1)
        #expect(head.waiting == Registry.waitingCountMax)
    }

    @Test func `a poll looks at no event that an earlier one has looked at`() async throws {
        let ledger = try Ledger(eventsMax: 5_000)
        for _ in 0..<12 {
            try await ledger.registry.change(by: ledger.caller) { draft in
                for _ in 0..<250 {
                    draft.record(.domainChanged, about: Event.Subject(.domain, 1, "a"), data: nil)
                }
            }
        }
        let kinds: Set = [Event.Kind.domainRegistered]
        func head() async throws -> QueueHead {
            try await ledger.registry.queueHead("q", of: "main", kinds: kinds)
        }
        #expect(try await head().event == nil)
        let first = ledger.memory.listed
        #expect(first >= 3_000)
        for _ in 0..<10 { #expect(try await head().event == nil) }
        #expect(ledger.memory.listed == first)

        try await ledger.register("a.example.com")
        for _ in 0..<10 { #expect(try await head().waiting == 1) }
        let number = try #require(try await head().event?.number)
        #expect(
            try await ledger.registry.confirm(number, in: "q", kinds: kinds, by: ledger.caller))
        #expect(try await head().event == nil)
        // The event that came, and its confirmation.
        #expect(ledger.memory.listed == first + 2)
    }

    @Test func `what has left the log is no head, however it was looked at`() async throws {
        let ledger = try Ledger(eventsMax: 4)
        for index in 1...4 { try await ledger.register("n\(index).example.com") }
        #expect(try await ledger.registry.queueHead("q", of: "main").event?.number.value == 1)
        for index in 5...7 { try await ledger.register("n\(index).example.com") }
        let head = try await ledger.registry.queueHead("q", of: "main")
        #expect(head.event?.number.value == 4)
        #expect(head.waiting == 4)
        #expect(head.lostThrough?.value == 3)
    }

    @Test func `the looks of so many queues are remembered, and one that is not is right too`()
        async throws
    {
        let ledger = try Ledger()
        try await ledger.register("a.example.com")
        for index in 0..<(QueueLooks.countMax + 20) {
            #expect(try await ledger.registry.queueHead("q\(index)", of: "main").waiting == 1)
        }
        #expect(await ledger.registry.looks.count == QueueLooks.countMax)
        #expect(try await ledger.registry.queueHead("q0", of: "main").waiting == 1)
    }

    @Test(arguments: [
        ("*", "a.example.com", true), ("*.example.com", "a.example.com", true),
        ("*.example.com", "example.com", false), ("A.example.*", "a.example.com", true),
        ("a*b*c*.com", "axxbxc.com", true), ("a*b*c*.com", "axxcxb.com", false),
        ("a.example.com", "a.example.com", true), ("a.example", "a.example.com", false),
        ("example.com", "a.example.com", false), ("a*example.com*m", "a.example.com", false),
        ("", "a.example.com", false), ("**", "a.example.com", true),
        ("*.example.com", "*.example.com", true),
    ])
    func `a name is like a pattern`(pattern: String, name: String, isLike: Bool) throws {
        let name = try #require(CertificateName(name))
        #expect(NamePattern(pattern).matches(name) == isLike)
    }
}
