// SPDX-License-Identifier: Apache-2.0
import Registry
import Testing

/// How many objects an account may have.
@Suite struct CountingTests {
    private static func name(_ index: Int) -> String { "n\(index).example.com" }

    @Test func `an account has as many objects as it may, and no more; others have their own`()
        async throws
    {
        let ledger = try Ledger(objectsMax: [.domain: 3])
        for index in 1...3 { try await ledger.register(Self.name(index)) }
        await #expect(throws: RegistryError.full(.domain, most: 3)) {
            try await ledger.register(Self.name(4))
        }
        #expect(try await ledger.registry.domain(named: Ledger.name(Self.name(4))) == nil)
        try await ledger.register(Self.name(5), of: "other")
        let first = try #require(
            try await ledger.registry.domain(named: Ledger.name(Self.name(1))))
        try await ledger.registry.change(by: ledger.caller) { draft in
            guard let domain = try await draft.domain(first.number) else { return }
            draft.remove(domain)
        }
        try await ledger.register(Self.name(4))
        await #expect(throws: RegistryError.self) { try await ledger.register(Self.name(6)) }
    }

    @Test func `those that come together are counted one by one`() async throws {
        let ledger = try Ledger(objectsMax: [.domain: 3])
        let made = await withTaskGroup(of: Bool.self) { group in
            for index in 1...20 {
                group.addTask { (try? await ledger.register(Self.name(index))) != nil }
            }
            return await group.reduce(0) { $0 + ($1 ? 1 : 0) }
        }
        #expect(made == 3)
    }

    @Test func `what there was before it was counted counts`() async throws {
        let memory = MemoryRecords()
        let before = try Ledger(memory, objectsMax: [:])
        for index in 1...3 { try await before.register(Self.name(index)) }
        let ledger = try Ledger(memory, objectsMax: [.domain: 4])
        try await ledger.register(Self.name(4))
        await #expect(throws: RegistryError.self) { try await ledger.register(Self.name(5)) }
    }

    @Test func `what the edge does itself is counted and not bounded`() async throws {
        let ledger = try Ledger(objectsMax: [.domain: 1])
        try await ledger.register(Self.name(1))
        try await ledger.register(Self.name(2), by: .edge(because: .firstVisit))
        await #expect(throws: RegistryError.self) { try await ledger.register(Self.name(3)) }
    }

    @Test func `poll queues are objects too`() async throws {
        let ledger = try Ledger(objectsMax: [.queue: 1])
        for index in 1...3 { try await ledger.register(Self.name(index)) }
        let events = try await ledger.events().map(\.number)
        for event in events.prefix(2) {
            #expect(try await ledger.registry.confirm(event, in: "one", by: ledger.caller))
        }
        await #expect(throws: RegistryError.full(.queue, most: 1)) {
            try await ledger.registry.confirm(events[0], in: "two", by: ledger.caller)
        }
    }
}
