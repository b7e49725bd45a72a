// SPDX-License-Identifier: Apache-2.0
import FoundationEssentials
import Registry
import Storage
import TLS
import Testing

/// What lists with numbered pages cost: all of their pages are counted for each.
struct NumberedTests {
    private let records: CountedRecords
    private let ledger: Ledger

    init() throws {
        let memory = MemoryRecords()
        records = CountedRecords(memory)
        ledger = try Ledger(memory, over: records)
    }

    @Test func `a page of domains by state or source reads its own domains alone`() async throws {
        try await ledger.change(60) { draft, number, place in
            var domain = Domain(
                number: number, account: "main",
                name: try Ledger.name("d\(place).example.com"),
                source: place % 3 == 0 ? .certificate : .api, at: draft.now)
            domain.state = place % 2 == 0 ? .secured : .registered
            domain.clientReference = place < 30 ? "x y" : nil
            return domain
        }
        let expected: [(total: Int, (inout DomainFilter) -> Void)] = [
            (60, { _ in }), (30, { $0.states = [.secured] }),
            (60, { $0.states = [.secured, .registered] }), (0, { $0.states = [.routed] }),
            (20, { $0.source = .certificate }), (40, { $0.exceptSource = .certificate }),
            (15, { ($0.clientReference, $0.states) = ("x y", [.registered]) }),
            (60, { $0.within = ServerName("example.com") }),
        ]
        for (total, build) in expected {
            var filter = DomainFilter()
            build(&filter)
            _ = records.count()
            let page = try await ledger.registry.domains(filter, of: "main", page: 1, size: 9)
            let count = records.count()
            #expect(page.total == total)
            #expect(page.elements.count == min(max(total - 9, 0), 9))
            #expect(count.objects == page.elements.count)
            let all = try await ledger.registry.domains(filter, of: "main", PageRequest(limit: 99))
            #expect(all.elements.count == total)
            #expect(records.count().objects == total)
        }
    }

    @Test func `a page of certificates by plan, key, reference or name reads its own alone`()
        async throws
    {
        try await ledger.change(60) { draft, number, place in
            var certificate = ManagedCertificate(
                number: number, account: "main",
                names: try ["www", "shop"].map { try Ledger.name("\($0).d\(place).example.com") },
                keyKind: .p256, keySource: place % 4 == 0 ? .client : .edge, issuer: .configured,
                activation: .automatic, renewsItself: true, at: draft.now)
            certificate.compatibility["resello.plan"] = place % 2 == 0 ? "one" : "the other"
            certificate.compatibility["autodns.software"] = "apache"
            certificate.clientReference = place < 30 ? "x" : nil
            return certificate
        }
        let expected: [(total: Int, (inout CertificateFilter) -> Void)] = [
            (60, { _ in }), (30, { $0.compatibility["resello.plan"] = "the other" }),
            (0, { $0.compatibility["resello.plan"] = "the" }), (15, { $0.keySource = .client }),
            (0, { $0.issuer = .external }),
            (15, { ($0.clientReference, $0.compatibility["resello.plan"]) = ("x", "one") }),
            (60, { $0.pattern = NamePattern("*.example.com") }),
            (11, { $0.pattern = NamePattern("www.d1*") }),
            (1, { $0.name = CertificateName("shop.d7.example.com") }),
            (1, { $0.within = ServerName("d7.example.com") }),
        ]
        for (total, build) in expected {
            var filter = CertificateFilter()
            build(&filter)
            _ = records.count()
            let page = try await ledger.registry.certificates(
                filter, of: "main", page: 0, size: 9)
            #expect(page.total == total)
            #expect(page.elements.count == min(total, 9))
            #expect(Set(page.elements.map(\.number)).count == page.elements.count)
            #expect(records.count().objects == page.elements.count)
            let all = try await ledger.registry.certificates(
                filter, of: "main", PageRequest(limit: 99))
            #expect(Set(all.elements.map(\.number)).count == total)
            #expect(all.elements.count == total)
        }
        // Of this no entry says anything.
        var filter = CertificateFilter()
        filter.compatibility["autodns.software"] = "apache"
        let page = try await ledger.registry.certificates(filter, of: "main", page: 0, size: 9)
        #expect(page.total == 60)
    }

    @Test func `what an entry says of an object changes with it`() async throws {
        let made = try await ledger.register("a.example.com")
        try await ledger.registry.change(by: ledger.caller) { draft in
            var domain = try #require(try await draft.domain(made.number))
            domain.state = .secured
            draft.put(domain)
        }
        for (state, total) in [(Domain.State.registered, 0), (.secured, 1)] {
            var filter = DomainFilter()
            filter.states = [state]
            let page = try await ledger.registry.domains(filter, of: "main", page: 0, size: 9)
            #expect(page.total == total)
        }
    }

    @Test func `what is for a domain and all below it is listed once`() async throws {
        try await ledger.certify(["example.com", "*.example.com", "a.example.com"])
        var filter = VersionFilter()
        filter.within = ServerName("example.com")
        for order in [VersionOrder([]), VersionOrder([.init(.commonName, .ascending)])] {
            let page = try await ledger.registry.versions(
                filter, of: "main", page: 0, size: 9, by: order)
            #expect(page.total == 1)
            #expect(page.elements.count == 1)
        }
        let listed = try await ledger.registry.versions(filter, of: "main", PageRequest())
        #expect(listed.elements.count == 1)
    }

    @Test func `versions by number are counted unread, by other members not`() async throws {
        for place in 0..<20 {
            try await ledger.certify(["a\(place).example.com", "b\(place).example.com"])
        }
        var filter = VersionFilter()
        (filter.includesReserved, filter.includesFailed) = (true, true)
        filter.within = ServerName("example.com")
        let orders: [([VersionOrder.Key], objects: Int)] = [
            ([], 5), ([.init(.number, .ascending), .init(.expiry, .ascending)], 5),
            // Each is read at the first of its names.
            ([.init(.commonName, .ascending)], 25),
        ]
        for (keys, objects) in orders {
            _ = records.count()
            let page = try await ledger.registry.versions(
                filter, of: "main", page: 1, size: 5, by: VersionOrder(keys))
            #expect(page.total == 20)
            #expect(page.elements.count == 5)
            #expect(records.count().objects == objects)
        }
    }

    @Test func `so many objects are read to count what is wanted; for one more none is`()
        async throws
    {
        let ledger = try Ledger(ledger.memory, over: records, lookedAtMax: 300)
        /// How many there are, and how many objects were read.
        func find(_ city: String?) async throws -> [Int] {
            var filter = ContactFilter()
            if let city { filter.document["city"] = .string(city) }
            _ = records.count()
            let page = try await ledger.registry.contacts(filter, of: "main", page: 0, size: 1)
            return [page.total, records.count().objects]
        }
        try await ledger.change(300) { draft, number, place in
            Contact(
                number: number, account: "main", document: ["city": place < 2 ? "Bonn" : "Köln"],
                at: draft.now)
        }
        #expect(try await find("Bonn") == [2, 301])
        try await ledger.change(1) { draft, number, _ in
            Contact(number: number, account: "main", document: ["city": "Bonn"], at: draft.now)
        }
        await #expect(throws: TooBroad.self) { _ = try await find("Bonn") }
        #expect(records.count().objects <= 300)
        // Without a filter there is nothing to be read.
        #expect(try await find(nil) == [301, 1])
    }

    @Test func `lists that read objects to count them do so one after another`() async throws {
        let accounts = ["main", "b", "c", "d"]
        for account in accounts {
            try await ledger.change(300) { draft, number, _ in
                Contact(number: number, account: account, document: ["city": "Bonn"], at: draft.now)
            }
        }
        _ = records.count()
        var filter = ContactFilter()
        filter.document["city"] = "Bonn"
        try await withThrowingTaskGroup { [registry = ledger.registry, filter] group in
            for account in accounts {
                group.addTask {
                    let page = try await registry.contacts(filter, of: account, page: 0, size: 1)
                    #expect(page.total == 300)
                }
            }
            try await group.waitForAll()
        }
        let prefixes = records.count().prefixes
        let turns = zip(prefixes, prefixes.dropFirst()).count { $0 != $1 }
        #expect(Set(prefixes).count == accounts.count)
        #expect(turns == accounts.count - 1)
    }
}

extension Ledger {
    /// Makes `count` objects, a hundred in a commit.
    fileprivate func change<Object: RegistryObject>(
        _ count: Int,
        _ make:
            @escaping @Sendable (
                RegistryDraft, ObjectNumber<Object>, _ place: Int
            ) throws -> Object
    ) async throws {
        for start in stride(from: 0, to: count, by: 100) {
            try await registry.change(by: caller) { draft in
                for place in start..<min(start + 100, count) {
                    draft.put(try make(draft, try await draft.nextNumber(), place))
                }
            }
        }
    }
}
