// SPDX-License-Identifier: Apache-2.0
import FoundationEssentials
import Registry
import Testing

struct StartTests {
    @Test func `withdrawn names are known to the next start until they are restored`() async throws
    {
        let ledger = try Ledger()
        let names = try ["b.example.com", "*.example.com"].map { try Ledger.name($0) }
        try await ledger.registry.change(by: ledger.caller) { draft in
            for name in names { draft.withdraw(name) }
        }
        let next = try ledger.another()
        #expect(try await Set(next.registry.withdrawnNames()) == Set(names))
        #expect(try await next.registry.isWithdrawn(names[0]))
        try await next.registry.change(by: next.caller) { $0.restore(names[0]) }
        #expect(try await next.registry.withdrawnNames() == [names[1]])
    }

    @Test func `domains with origins of their own are known to the next start`() async throws {
        let ledger = try Ledger()
        try await ledger.register("plain.example.com")
        try await ledger.register("own.example.com", origins: ["http://10.0.0.1:80"])
        try await ledger.register("theirs.example.com", of: "other", origins: ["http://10.0.0.2"])
        let origins = try await ledger.registry.domainsWithOrigins()
        #expect(
            origins == [
                try Ledger.name("own.example.com"): ["http://10.0.0.1:80"],
                try Ledger.name("theirs.example.com"): ["http://10.0.0.2"],
            ])
    }

    @Test func `issuances are open until their state says otherwise`() async throws {
        let ledger = try Ledger()
        let made = try await ledger.registry.change(by: ledger.caller) { draft in
            var made: [Issuance] = []
            for _ in 0..<3 {
                made.append(
                    draft.put(
                        Issuance(
                            number: try await draft.nextNumber(), account: "main",
                            certificate: try await draft.nextNumber(),
                            version: try await draft.nextNumber(), reason: .api, state: .draft,
                            requestID: "r", at: draft.now)))
            }
            return made
        }
        try await ledger.registry.change(by: ledger.caller) { draft in
            var issuance = try #require(try await draft.issuance(made[1].number))
            issuance.state = .done
            draft.put(issuance)
        }
        var page = PageRequest(limit: 1)
        var open: [IssuanceNumber] = []
        repeat {
            let part = try await ledger.registry.openIssuances(page)
            open += part.elements.map(\.number)
            page.after = part.next
        } while page.after != nil
        #expect(open == [made[0].number, made[2].number])
    }

    @Test func `moments are due in their order, once they have come, until they are settled`()
        async throws
    {
        let ledger = try Ledger()
        let start = Date(timeIntervalSince1970: 1_900_000_000)
        let version = try #require(VersionNumber(7))
        let moments = [
            DueMoment(.expiryNotice, of: version, at: start + 10, days: 30),
            DueMoment(.renewal, of: version, at: start + 20),
            DueMoment(.expiry, of: version, at: start + 30),
        ]
        try await ledger.registry.change(by: ledger.caller) { draft in
            for moment in moments.reversed() { draft.remind(moment) }
        }
        let registry = ledger.registry
        #expect(try await registry.due(before: start + 10, limit: 9).isEmpty)
        #expect(try await registry.due(before: start + 25, limit: 9) == Array(moments[..<2]))
        #expect(try await registry.due(before: start + 99, limit: 1) == [moments[0]])
        try await registry.change(by: ledger.caller) { $0.settle(moments[0]) }
        #expect(try await registry.due(before: start + 99, limit: 9) == Array(moments[1...]))
    }
}
