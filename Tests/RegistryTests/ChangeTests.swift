// SPDX-License-Identifier: Apache-2.0
import FoundationEssentials
import Registry
import Storage
import Testing

struct ChangeTests {
    @Test func `an object and its event are written by one commit`() async throws {
        let ledger = try Ledger()
        let domain = try await ledger.register("shop.example.com")
        #expect(ledger.store.commits == 1)
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
        #expect(ledger.store.all.isEmpty)
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
}
