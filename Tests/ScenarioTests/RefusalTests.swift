// SPDX-License-Identifier: Apache-2.0
import TestSupport
import Testing

extension Scenarios {
    /// Names that are not ours to serve cost a visitor one alert, and us almost nothing.
    @Suite(.serialized) struct Refusal {
        @Test func `a name that is not eligible is refused at once the second time`() async throws {
            try await Lab.play { lab in
                let world = try await World(lab)
                let stranger = "www.stranger.test"
                try await world.dns.setAddress(stranger, ["203.0.113.9"])
                let names = [stranger, "nowhere.stranger.test"]
                let first = try await world.client.visit(names)
                #expect(first.map(\.alert) == names.map { _ in "unrecognized_name" }, "\(first)")
                let asked = try await world.dns.questions(about: stranger)
                #expect(asked > 0)
                let second = try await world.client.visit(names)
                #expect(second.map(\.alert) == names.map { _ in "unrecognized_name" }, "\(second)")
                #expect(try await world.dns.questions(about: stranger) == asked)
                #expect(world.pebble.orders == 0)
                #expect(world.edge.log.contains(stranger), "\(lab.evidence)")
            }
        }

        @Test func `a refusal is remembered over a restart`() async throws {
            try await Lab.play { lab in
                let world = try await World(lab)
                let stranger = "www.stranger.test"
                try await world.dns.setAddress(stranger, ["203.0.113.9"])
                #expect(try await world.client.visit(stranger).alert == "unrecognized_name")
                let asked = try await world.dns.questions(about: stranger)
                #expect(try await world.edge.terminate() == 0)
                try await world.edge.start()
                #expect(try await world.client.visit(stranger).alert == "unrecognized_name")
                #expect(try await world.dns.questions(about: stranger) == asked)
            }
        }

        @Test func `no name, an address and what is no name never reach the DNS or the CA`()
            async throws
        {
            try await Lab.play { lab in
                let world = try await World(lab)
                for arguments in [
                    ["-noservername"], ["-servername", "192.0.2.1"],
                    ["-servername", "single"], ["-servername", "under_score.customer.test"],
                    ["-servername", "new.customer.test", "-alpn", "acme-tls/1"],
                ] {
                    let seen = try await lab.run(
                        "openssl",
                        ["s_client", "-connect", "127.0.0.1:\(world.edge.httpsPort)"] + arguments)
                    #expect(
                        seen.output.contains("alert number 112"),
                        "\(arguments): \(seen.output.prefix(800))")
                }
                for name in ["192.0.2.1", "single", "under_score.customer.test"] {
                    #expect(try await world.dns.questions(about: name) == 0)
                }
                #expect(world.pebble.orders == 0)
            }
        }

        @Test func `ask is consulted before the DNS and its no is final`() async throws {
            try await Lab.play { lab in
                let gate = try await Origin(lab)
                let world = try await World(lab) {
                    // The origin answers a path that ends in a number with that status.
                    $0["on_demand"] = ["ask": .string(gate.url + "/status/403")]
                }
                let domain = try await world.domain()
                let visit = try await world.client.visit(domain)
                #expect(visit.alert == "unrecognized_name", "\(visit) \(lab.evidence)")
                #expect(try await world.dns.questions(about: domain) == 0)
                let targets = try await gate.seen()["targets"].array
                #expect(targets == [.string("/status/403?domain=\(domain)")])
                #expect(world.pebble.orders == 0)
            }
        }

        @Test func `ask allows with any 2xx`() async throws {
            try await Lab.play { lab in
                let gate = try await Origin(lab)
                let world = try await World(lab) {
                    $0["on_demand"] = ["ask": .string(gate.url + "/status/204")]
                }
                let visit = try await world.client.visit(try await world.domain())
                #expect(visit.status == 200, "\(visit) \(lab.evidence)")
            }
        }
    }
}
