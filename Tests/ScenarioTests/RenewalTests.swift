// SPDX-License-Identifier: Apache-2.0
import TestSupport
import Testing

extension Scenarios {
    /// Certificates are replaced under traffic, and nobody notices.
    @Suite(.serialized) struct Renewal {
        @Test func `20 names are renewed over and over and no handshake fails`() async throws {
            try await renew(names: 20, validity: 14, swaps: 60, within: .seconds(90))
        }

        @Test(.enabled(if: Scenarios.isLong, "ten minutes long: NAMEPLATE_LONG=1"))
        func `certificates of 120 s are renewed for ten minutes and no handshake fails`()
            async throws
        {
            try await renew(names: 20, validity: 120, swaps: 160, within: .seconds(900))
        }

        private func renew(
            names count: Int, validity: Int, swaps: Int, within deadline: Duration
        ) async throws {
            try await Lab.play("renewal of \(validity) s") { lab in
                var ca = Pebble.Options()
                ca.validity = validity
                let world = try await World(lab, ca: ca) { $0["on_demand"] = ["hold": "60s"] }
                let domains = try await world.domains(count)
                let visits = try await world.client.visit(domains)
                #expect(visits.allSatisfy { $0.status == 200 }, "\(lab.evidence)")

                let loop = try await world.client.start(
                    "handshakes", ["names": JSON(domains), "workers": 2, "pause": 0.01])
                let issued = world.pebble.issued
                try await eventually(within: deadline, "\(swaps) renewals") {
                    world.pebble.issued >= issued + swaps + 2 * count
                }
                let report = try await loop.report()
                let serials = report["serials"].object.values.map { $0.array.count }
                let seen = serials.reduce(0) { $0 + $1 - 1 }
                print(
                    "renewal of \(validity) s certificates: \(report["handshakes"].text)",
                    "handshakes, \(seen) swaps seen")
                #expect(report["failures"] == [], "\(lab.evidence)")
                #expect(seen >= swaps)
                #expect(serials.allSatisfy { $0 > 1 })
            }
        }

        @Test func `a domain that moved away is not renewed and not asked for at the CA`()
            async throws
        {
            try await Lab.play { lab in
                var ca = Pebble.Options()
                ca.validity = 20
                let world = try await World(lab, ca: ca)
                let domains = try await world.domains(2)
                let (leaves, stays) = (domains[0], domains[1])
                #expect(try await world.client.visit(domains).allSatisfy { $0.status == 200 })
                try await world.dns.clearAlias(leaves)
                try await world.dns.setAddress(leaves, ["203.0.113.9"])
                let openssl = OpenSSL(lab)
                let old = try await openssl.serial(world.edge.folder(of: leaves))
                let kept = try await openssl.serial(world.edge.folder(of: stays))
                try await eventually(within: .seconds(120), "the other domain is renewed") {
                    try await openssl.serial(world.edge.folder(of: stays)) != kept
                }
                try await eventually(within: .seconds(180), "the log says that it moved") {
                    world.edge.log.contains("moved")
                }
                #expect(try await openssl.serial(world.edge.folder(of: leaves)) == old)
            }
        }
    }
}
