// SPDX-License-Identifier: Apache-2.0
import TestSupport
import Testing

extension Scenarios {
    /// The main job: a domain that nobody has seen is served in its first handshake.
    @Suite(.serialized) struct FirstVisit {
        @Test(arguments: ["tls-alpn-01", "http-01"])
        func `200 new domains at once are answered in the first handshake with one order each`(
            challenge: String
        ) async throws {
            var ca = Pebble.Options()
            ca.nonceRejection = 5
            try await visitAtOnce(200, ca: ca, challenge: challenge)
        }

        @Test(arguments: ["tls-alpn-01", "http-01"])
        func `the same holds when the CA takes its time over each validation`(
            challenge: String
        ) async throws {
            var ca = Pebble.Options()
            ca.nonceRejection = 5
            ca.sleep = 3
            try await visitAtOnce(200, ca: ca, challenge: challenge)
        }

        private func visitAtOnce(
            _ count: Int, ca: Pebble.Options, challenge: String
        ) async throws {
            try await Lab.play("first visits by \(challenge), sleep \(ca.sleep ?? 0)") { lab in
                let world = try await World(lab, ca: ca, challenges: [challenge]) {
                    $0["on_demand"] = ["hold": "90s"]
                }
                let domains = try await world.domains(count)
                let visits = try await world.client.visit(domains)
                let wrong = visits.filter { $0.body != "hello, edge\n" }
                #expect(wrong.isEmpty, "\(wrong.prefix(3)) \(lab.evidence)")
                #expect(world.pebble.orders == count)
                #expect(world.pebble.issued == count)
                #expect(world.pebble.accounts == 1)
                #expect(world.edge.stored.count == count)
                guard wrong.isEmpty else { return }
                let times = visits.compactMap(\.firstByte).sorted()
                print(
                    "first byte of \(count) new domains at once (\(challenge), sleep",
                    "\(ca.sleep ?? 0) s): median \(times[times.count / 2]) ms,",
                    "last \(times[times.count - 1]) ms")

                let again = try await world.client.visit(domains)
                #expect(again.allSatisfy { $0.status == 200 })
                #expect(world.pebble.orders == count)
            }
        }

        @Test(arguments: ["tls-alpn-01", "http-01"])
        func `strangers in the crowd are refused and nobody else is held up by them`(
            challenge: String
        ) async throws {
            try await Lab.play("strangers, \(challenge)") { lab in
                let world = try await World(lab, challenges: [challenge]) {
                    $0["on_demand"] = ["hold": "60s"]
                }
                let domains = try await world.domains(100)
                let strangers = (0..<60).map { "shop\($0).stranger.test" }
                let visits = try await world.client.visit((domains + strangers).shuffled())
                let served = visits.filter { $0.status == 200 }.map(\.name)
                let refused = visits.filter { $0.alert == "unrecognized_name" }.map(\.name)
                #expect(Set(served) == Set(domains), "\(lab.evidence)")
                #expect(Set(refused) == Set(strangers))
                #expect(world.pebble.orders == domains.count)
            }
        }

        @Test func `one new domain after the other is answered in its first handshake`()
            async throws
        {
            try await Lab.play { lab in
                let world = try await World(lab)
                let domains = try await world.domains(21)
                let visits = try await world.client.visit(domains, parallel: 1)
                #expect(visits.allSatisfy { $0.status == 200 }, "\(lab.evidence)")
                let times = visits.compactMap(\.firstByte).sorted()
                print("first byte of a new domain: median \(times[times.count / 2]) ms")
            }
        }

        @Test func `many visitors of one new domain share one order`() async throws {
            try await Lab.play { lab in
                let world = try await World(lab)
                let domain = try await world.domain()
                let visits = try await world.client.visit(Array(repeating: domain, count: 50))
                #expect(visits.allSatisfy { $0.status == 200 }, "\(lab.evidence)")
                #expect(Set(visits.map(\.serial)).count == 1)
                #expect(world.pebble.orders == 1)
            }
        }

        @Test func `an external account is bound when the CA demands one`() async throws {
            try await Lab.play { lab in
                let key = "zWNDZM6eQGHWpSRTPal5eIUYFTu7EajVIoguysqZ9wG44nMEtx3MUAsUDkMTQ12W"
                var ca = Pebble.Options()
                ca.externalAccounts = ["kid-1": key]
                let world = try await World(lab, ca: ca, startsEdge: false)
                var configuration = world.edge.configuration(
                    application: world.origin.url, dns: world.dns.port)
                var issuer = Nameplate.issuer(world.pebble)["acme"]
                issuer["external_account"] = ["key_id": "kid-1", "hmac_key": .string(key)]
                configuration["issuers"] = [["acme": issuer]]
                try await world.edge.start(configuration)
                let visit = try await world.client.visit(try await world.domain())
                #expect(visit.status == 200, "\(visit) \(lab.evidence)")
            }
        }

        @Test func `an existing pair that is copied into the store is served without an order`()
            async throws
        {
            try await Lab.play { lab in
                let world = try await World(lab)
                let domain = try await world.domain()
                let pair = try await OpenSSL(lab).selfSigned("copied", names: [domain])
                let folder = try lab.makeDirectory("nameplate-store/domains/\(domain)")
                _ = try await lab.run("cp", [pair.key, "\(folder)/key.pem"])
                _ = try await lab.run("cp", [pair.certificate, "\(folder)/chain.pem"])
                let client = world.edge.client(roots: pair.certificate)
                let visit = try await client.visit(domain)
                #expect(visit.status == 200, "\(visit) \(lab.evidence)")
                #expect(world.pebble.orders == 0)
            }
        }
    }
}
