// SPDX-License-Identifier: Apache-2.0
import Networking
import Proxy
import TLS
import Testing

/// Which origins a domain's requests go to.
@Suite struct DomainOriginsTests {
    @Test(arguments: [
        ("shop.example.com", "all"), ("own.example.com", "own"), ("OWN.example.com.", "own"),
        ("a.customer.test", "any"), ("b.customer.test", "own"), ("x.a.customer.test", "all"),
    ])
    func `a domain's own origin counts, then its wildcard's, then the application`(
        host: String, name: String
    ) async throws {
        let rig = try await Rig(
            names: ["*.example.com", "*.customer.test", "x.a.customer.test"],
            origins: ["all", "own", "any"].map(OriginsTests.named),
            route: { table, urls in
                for (domain, place) in [
                    ("own.example.com", 1), ("b.customer.test", 1), ("*.customer.test", 2),
                ] {
                    guard let key = CertificateName(domain) else { continue }
                    table.domains[key] = [urls[place]]
                }
                return [urls[0]]
            })
        for _ in 0..<2 {
            #expect(try await rig.send(OriginsTests.request(host: host)).hasSuffix(name))
        }
    }

    @Test func `a domain gets an origin while it is served, another one, and none again`()
        async throws
    {
        let rig = try await Rig(
            names: ["*.example.com", "a.kept.example.com"],
            origins: ["all", "own", "new", "set"].map(OriginsTests.named),
            route: { table, urls in
                for name in ["fixed.example.com", "*.kept.example.com"] {
                    guard let key = CertificateName(name) else { continue }
                    table.domains[key] = [urls[3]]
                }
                return [urls[0]]
            })
        let shop = try #require(CertificateName("shop.example.com"))
        let fixed = ["fixed.example.com", "a.kept.example.com"]
        for (places, name) in [([1], "own"), ([2], "new"), ([], "all")] {
            await rig.setOrigins(places, of: shop)
            for host in fixed {
                await rig.setOrigins(places, of: try #require(CertificateName(host)))
            }
            #expect(try await rig.send(OriginsTests.request()).hasSuffix(name))
            // What the operator wrote comes first, for one name or for a wildcard.
            for host in fixed {
                #expect(try await rig.send(OriginsTests.request(host: host)).hasSuffix("set"))
            }
        }
    }

    @Test func `origins that no domain has any more keep no connection`() async throws {
        let ended = Counter()
        let rig = try await Rig(
            names: ["*.example.com"],
            origins: [
                OriginsTests.named("all"),
                { origin in
                    while try await !origin.head().isEmpty {
                        try await origin.send(OriginsTests.answer("own"))
                    }
                    ended.next()
                },
            ], route: { _, urls in [urls[0]] })
        let names = try ["shop.example.com", "a.example.com"].map {
            try #require(CertificateName($0))
        }
        for name in names { await rig.setOrigins([1], of: name) }
        #expect(try await rig.send(OriginsTests.request()).hasSuffix("own"))
        await rig.setOrigins([], of: names[0])
        #expect(try await rig.send(OriginsTests.request(host: "a.example.com")).hasSuffix("own"))
        #expect(ended.value == 0)
        await rig.setOrigins([], of: names[1])
        while ended.value == 0 { try await rig.loop.sleep(for: .milliseconds(1)) }
    }

    @Test func `a request for a name that was deprovisioned is misdirected`() async throws {
        let rig = try await Rig(names: ["*.example.com"], origins: [OriginsTests.named("all")])
        let other = try #require(CertificateName("other.example.com"))
        await rig.set(other, isWithdrawn: true)
        let answer = try await rig.send(OriginsTests.request(host: "other.example.com"))
        #expect(answer.hasPrefix("HTTP/1.1 421 "))
        #expect(try await rig.send(OriginsTests.request()).hasSuffix("all"))
        await rig.set(other, isWithdrawn: false)
        #expect(
            try await rig.send(OriginsTests.request(host: "other.example.com")).hasSuffix("all"))
    }
}
