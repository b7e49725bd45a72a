// SPDX-License-Identifier: Apache-2.0
import Foundation
import Networking
import Registry
import Storage
import TLS
import Testing

/// Lists over many domains and what they are served with, in files as they are kept: what one page costs,
/// counted where records are read. `conf/bench/lists.py` asks an edge for 100,000 of them.
@Suite struct ManyDomainsTests {
    private static let count = 10_000
    private static let start = Date(timeIntervalSince1970: 1_900_000_000)

    @Test func `each page over many domains costs so much, and together they are the whole list`()
        async throws
    {
        let folder = NSTemporaryDirectory() + "nameplate-many-\(UInt64.random(in: .min ... .max))"
        let loop = try EventLoop(name: "storage")
        defer {
            loop.shutdown()
            try? FileManager.default.removeItem(atPath: folder)
        }
        let records = CountedRecords(try RecordFiles(directory: folder, on: loop))
        try await Self.fill(records)
        let registry = try Ledger(over: records).registry

        // A hundredth is secured; of those with the reference two thirds are.
        try await expect(Self.count, objectsMax: 512, of: records) { page in
            try await registry.domains(of: "main", page)
        }
        try await expect(100, objectsMax: 100, of: records) { page in
            var filter = DomainFilter()
            filter.states = [.secured]
            return try await registry.domains(filter, of: "main", page)
        }
        try await expect(15, objectsMax: 15, of: records) { page in
            var filter = DomainFilter()
            filter.clientReference = "tenant 7"
            return try await registry.domains(filter, of: "main", page)
        }
        try await expect(10, objectsMax: 10, of: records) { page in
            var filter = DomainFilter()
            (filter.clientReference, filter.states) = ("tenant 7", [.secured])
            return try await registry.domains(filter, of: "main", page)
        }
        // A tenth has a certificate, which end one after the other.
        try await expect(700, objectsMax: 512, of: records) { page in
            var filter = VersionFilter()
            filter.expiresBefore = Self.start + 700
            return try await registry.versions(filter, of: "main", page)
        }
        // No index is by the end of a certificate's current version: all are read, with their versions.
        try await expect(700, objectsMax: 2 * Registry.scanMax, of: records) { page in
            var filter = CertificateFilter()
            filter.expiresBefore = Self.start + 700
            return try await registry.certificates(filter, of: "main", page)
        }

        _ = records.count()
        var filter = DomainFilter()
        filter.states = [.registered]
        let last = try await registry.domains(filter, of: "main", page: 98, size: 100)
        #expect(last.total == 9_900)
        #expect(last.elements.count == 100)
        #expect(records.count().objects == 100)
    }

    /// Follows a list from page to page: so many elements, none twice, each page at a bounded cost.
    private func expect<Object: RegistryObject>(
        _ total: Int, objectsMax: Int, of records: CountedRecords,
        _ fetch: (PageRequest) async throws -> Page<Object>
    ) async throws {
        var seen: Set<ObjectNumber<Object>> = []
        var (count, pages) = (0, 0)
        var page = PageRequest(limit: PageRequest.limitMax)
        repeat {
            _ = records.count()
            let part = try await fetch(page)
            let cost = records.count()
            #expect(cost.listed <= Registry.scanMax)
            #expect(cost.objects <= objectsMax)
            #expect(cost.largestAnswer <= 128)
            count += part.elements.count
            seen.formUnion(part.elements.map(\.number))
            page.after = part.next
            pages += 1
        } while page.after != nil && pages <= Self.count
        #expect(count == total)
        #expect(seen.count == total)
    }

    private static func fill(_ store: some RecordStore) async throws {
        let encoder = JSONEncoder()
        for first in stride(from: 1, through: count, by: 100) {
            var transaction = RecordTransaction()
            func put(_ object: some RegistryObject) throws {
                let digits = String(10_000_000_000 + object.number.value).dropFirst()
                let text = "object/\(object.subject.kind.rawValue)/\(digits)"
                transaction.writes[try #require(RecordKey(text))] = Array(
                    try encoder.encode(object))
                for entry in object.indexEntries { transaction.writes[entry.key] = entry.value }
            }
            for place in first..<first + 100 {
                try put(domain(place))
                guard place % 10 == 0 else { continue }
                let (certificate, version) = try certificate(place)
                try put(certificate)
                try put(version)
            }
            _ = try await store.commit(transaction)
        }
    }

    private static func domain(_ place: Int) throws -> Domain {
        var domain = Domain(
            number: try #require(DomainNumber(place)), account: "main",
            name: try Ledger.name("d\(place).example.com"), source: .api, at: start)
        domain.state = place % 100 == 0 ? .secured : .registered
        if place % 1000 == 0 || place % 2000 == 1 { domain.clientReference = "tenant 7" }
        return domain
    }

    private static func certificate(
        _ place: Int
    ) throws -> (ManagedCertificate, CertificateVersion) {
        let names = [try Ledger.name("d\(place).example.com")]
        var certificate = ManagedCertificate(
            number: try #require(CertificateNumber(place)), account: "main", names: names,
            keyKind: .p256, keySource: .edge, issuer: .configured, activation: .automatic,
            renewsItself: true, at: start)
        certificate.currentVersion = VersionNumber(place)
        var version = CertificateVersion(
            number: try #require(VersionNumber(place)), account: "main",
            certificate: certificate.number, issuance: nil, state: .active, source: .issued,
            names: names, at: start)
        version.notAfter = start + Double(place / 10 - 1)
        return (certificate, version)
    }
}
