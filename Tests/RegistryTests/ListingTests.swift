// SPDX-License-Identifier: Apache-2.0
import FoundationEssentials
import Registry
import Storage
import TLS
import Testing

struct ListingTests {
    @Test func `a list holds the domains of one account, by their names from the end`() async throws
    {
        let ledger = try Ledger()
        for name in ["b.example.com", "example.org", "a.example.com", "*.example.com"] {
            try await ledger.register(name)
        }
        try await ledger.register("other.example.com", of: "other")
        let page = try await ledger.registry.domains(of: "main", PageRequest())
        #expect(
            page.elements.map(\.name.text) == [
                "*.example.com", "a.example.com", "b.example.com", "example.org",
            ])
        #expect(page.next == nil)
    }

    @Test(arguments: [
        ("example.com", ["example.com", "*.example.com", "a.b.example.com", "shop.example.com"]),
        ("b.example.com", ["a.b.example.com"]),
        ("myexample.com", ["myexample.com"]),
        ("ample.com", []),
    ])
    func `within a domain are itself and what is below it`(
        _ parent: String, _ expected: [String]
    ) async throws {
        let ledger = try Ledger()
        for name in [
            "example.com", "myexample.com", "shop.example.com", "*.example.com",
            "a.b.example.com", "example.com.org",
        ] {
            try await ledger.register(name)
        }
        var filter = DomainFilter()
        filter.within = ServerName(parent)
        let page = try await ledger.registry.domains(filter, of: "main", PageRequest())
        #expect(page.elements.map(\.name.text) == expected)
        let numbered = try await ledger.registry.domains(filter, of: "main", page: 0, size: 10)
        #expect(numbered.total == expected.count)
    }

    @Test func `a reference, a state and a source narrow a list, together too`() async throws {
        let ledger = try Ledger()
        try await ledger.register("a.example.com", reference: "x/y z")
        try await ledger.register("b.example.com", reference: "x/y z", state: .secured)
        try await ledger.register("c.example.com", reference: "other", state: .secured)
        func names(_ build: (inout DomainFilter) -> Void) async throws -> [String] {
            var filter = DomainFilter()
            build(&filter)
            return try await ledger.registry.domains(filter, of: "main", PageRequest())
                .elements.map(\.name.text)
        }
        #expect(
            try await names { $0.clientReference = "x/y z" } == ["a.example.com", "b.example.com"])
        #expect(try await names { $0.states = [.secured] } == ["b.example.com", "c.example.com"])
        let both = try await names {
            $0.states = [.secured]
            $0.clientReference = "x/y z"
        }
        #expect(both == ["b.example.com"])
        #expect(try await names { $0.source = .firstVisit } == [])
    }

    @Test func `a list may leave out those that came in one way`() async throws {
        let ledger = try Ledger()
        try await ledger.register("a.example.com")
        try await ledger.register("b.example.com")
        try await ledger.registry.change(by: ledger.caller) { draft in
            let name = try #require(CertificateName("b.example.com"))
            var domain = try #require(try await draft.domain(named: name))
            domain.source = .certificate
            draft.put(domain)
        }
        var filter = DomainFilter()
        filter.exceptSource = .certificate
        let page = try await ledger.registry.domains(filter, of: "main", PageRequest())
        #expect(page.elements.map(\.name.text) == ["a.example.com"])
        #expect(try await ledger.registry.domains(filter, of: "main", page: 0, size: 9).total == 1)
    }

    @Test func `versions come in the order that is asked for, on every page`() async throws {
        let now = Date(timeIntervalSince1970: 1_900_000_000)
        let ledger = try Ledger(clock: { now })
        var numbers: [VersionNumber] = []
        for (name, days) in [("b", 3.0), ("a", 1), ("c", 3), ("a", 2)] {
            let (_, version) = try await ledger.certify(
                ["\(name).example.com"], until: now + days * 86_400)
            numbers.append(version.number)
        }
        func places(
            _ keys: VersionOrder.Key..., page: Int = 0, size: Int = 9
        ) async throws
            -> [Int?]
        {
            let found = try await ledger.registry.versions(
                VersionFilter(), of: "main", page: page, size: size, by: VersionOrder(keys))
            #expect(found.total == 4)
            return found.elements.map { version in
                numbers.firstIndex { $0 == version.number }
            }
        }
        #expect(try await places() == [3, 2, 1, 0])
        #expect(try await places(.init(.number, .ascending)) == [0, 1, 2, 3])
        #expect(try await places(.init(.commonName, .ascending)) == [3, 1, 0, 2])
        #expect(try await places(.init(.commonName, .descending)) == [2, 0, 3, 1])
        #expect(try await places(.init(.expiry, .ascending)) == [1, 3, 2, 0])
        #expect(
            try await places(.init(.expiry, .descending), .init(.number, .ascending))
                == [0, 2, 3, 1])
        #expect(
            try await places(.init(.commonName, .ascending), page: 1, size: 3) == [2])
        #expect(
            try await places(.init(.commonName, .ascending), page: 2, size: 3) == [])
    }

    @Test func `a changed reference is found under the new one alone`() async throws {
        let ledger = try Ledger()
        let made = try await ledger.register("a.example.com", reference: "old")
        try await ledger.registry.change(by: ledger.caller) { draft in
            var domain = try #require(try await draft.domain(made.number))
            domain.clientReference = "new"
            draft.put(domain)
        }
        var filter = DomainFilter()
        filter.clientReference = "old"
        #expect(try await ledger.registry.domains(filter, of: "main", page: 0, size: 9).total == 0)
        filter.clientReference = "new"
        #expect(try await ledger.registry.domains(filter, of: "main", page: 0, size: 9).total == 1)
    }

    @Test func `a certificate with several names within a domain is listed once`() async throws {
        let ledger = try Ledger()
        try await ledger.certify(["b.example.com", "a.example.com", "x.example.org"])
        try await ledger.certify(["x.example.org"])
        var filter = CertificateFilter()
        filter.within = ServerName("example.com")
        let page = try await ledger.registry.certificates(filter, of: "main", PageRequest())
        #expect(page.elements.map(\.number.value) == [1])
        var versions = VersionFilter()
        versions.within = ServerName("example.org")
        let found = try await ledger.registry.versions(versions, of: "main", PageRequest())
        #expect(found.elements.map(\.number.value) == [2, 4])
    }

    @Test func `the filters of certificates look at their current version`() async throws {
        let now = Date(timeIntervalSince1970: 1_900_000_000)
        let ledger = try Ledger(clock: { now })
        let (old, _) = try await ledger.certify(["old.example.com"], until: now - 1)
        let (live, _) = try await ledger.certify(["live.example.com"], until: now + 100)
        let (dead, _) = try await ledger.certify(
            ["dead.example.com"], until: now + 900, state: .revoked)
        func numbers(
            _ build: (inout CertificateFilter) -> Void
        ) async throws -> [CertificateNumber] {
            var filter = CertificateFilter()
            build(&filter)
            return try await ledger.registry.certificates(filter, of: "main", PageRequest())
                .elements.map(\.number)
        }
        #expect(try await numbers { $0.status = .expired } == [old.number])
        #expect(try await numbers { $0.status = .active } == [live.number])
        #expect(try await numbers { $0.status = .revoked } == [dead.number])
        #expect(try await numbers { $0.expiresBefore = now + 500 } == [old.number, live.number])
        #expect(try await numbers { $0.name = dead.names.first } == [dead.number])
    }

    @Test func `versions that end before a date are listed by when they end`() async throws {
        let start = Date(timeIntervalSince1970: 1_900_000_000)
        let ledger = try Ledger()
        var versions: [VersionNumber] = []
        for end in [start + 30, start + 10, start + 20.5, start + 40] {
            let (_, version) = try await ledger.certify(["a.example.com"], until: end)
            versions.append(version.number)
        }
        var filter = VersionFilter()
        let expected: [(TimeInterval, [Int])] = [
            (10, []), (20.2, [1]), (20.6, [1, 2]), (30.5, [1, 2, 0]), (99, [1, 2, 0, 3]),
        ]
        for (offset, places) in expected {
            filter.expiresBefore = start + offset
            for order in [RecordRange.Order.ascending, .descending] {
                let page = PageRequest(order: order)
                let found = try await ledger.registry.versions(filter, of: "main", page)
                let wanted = places.map { versions[$0] }
                let isAscending = order == .ascending
                #expect(
                    found.elements.map(\.number) == (isAscending ? wanted : wanted.reversed()))
            }
            let counted = try await ledger.registry.versions(filter, of: "main", page: 0, size: 9)
            #expect(counted.total == places.count)
        }
    }

    @Test func `a serial leads to its version, in its account only`() async throws {
        let ledger = try Ledger()
        let (_, version) = try await ledger.certify(["a.example.com"])
        var filter = VersionFilter()
        filter.serial = version.serial
        let mine = try await ledger.registry.versions(filter, of: "main", PageRequest())
        #expect(mine.elements.map(\.number) == [version.number])
        #expect(try await ledger.registry.versions(filter, of: "x", PageRequest()).elements.isEmpty)
    }

    @Test func `deleted certificates and reserved versions are in no list`() async throws {
        let ledger = try Ledger()
        let (made, reserved) = try await ledger.certify(["a.example.com"], state: .reserved)
        #expect(try await ledger.registry.versions(of: "main", page: 0, size: 9).total == 0)
        var filter = VersionFilter()
        filter.includesReserved = true
        #expect(try await ledger.registry.versions(filter, of: "main", page: 0, size: 9).total == 1)
        try await ledger.registry.change(by: ledger.caller) { draft in
            var certificate = try #require(try await draft.certificate(made.number))
            var version = try #require(try await draft.version(reserved.number))
            certificate.isDeleted = true
            version.state = .deleted
            draft.put(certificate)
            draft.put(version)
        }
        #expect(try await ledger.registry.certificates(of: "main", page: 0, size: 9).total == 0)
        #expect(try await ledger.registry.versions(filter, of: "main", page: 0, size: 9).total == 0)
        #expect(try await ledger.registry.certificate(made.number) != nil)
        // Signed once, it is in no list; never signed, it is in those that ask for what has failed.
        filter.includesFailed = true
        #expect(try await ledger.registry.versions(filter, of: "main", page: 0, size: 9).total == 0)
        try await ledger.registry.change(by: ledger.caller) { draft in
            var version = try #require(try await draft.version(reserved.number))
            version.notAfter = nil
            draft.put(version)
        }
        #expect(try await ledger.registry.versions(filter, of: "main", page: 0, size: 9).total == 1)
        filter.includesFailed = false
        #expect(try await ledger.registry.versions(filter, of: "main", page: 0, size: 9).total == 0)
    }
}
