// SPDX-License-Identifier: Apache-2.0
import Foundation
import TestSupport
import Testing

extension Scenarios {
    /// A CA that answers badly: the visitor gets an alert in time, the log says whose fault it was.
    @Suite(.serialized) struct SickAuthority {
        static let modes = ["garbage", "html", "500", "429", "half", "empty", "silent"]

        /// What the CA says in those modes in which it says something.
        private static let words = ["500": "the CA has a cold", "429": "slow down a little"]

        @Test(arguments: modes)
        func
            `a CA that is sick from the start fails one visit and is asked again for the next name`(
                mode: String
            ) async throws
        {
            try await play(mode, at: "/")
        }

        @Test(arguments: modes)
        func `a CA that falls sick at the order fails one visit and serves the next name`(
            mode: String
        ) async throws {
            try await play(mode, at: "/order-plz")
        }

        @Test(arguments: modes)
        func `a CA that falls sick at finalizing fails one visit and serves the next name`(
            mode: String
        ) async throws {
            try await play(mode, at: "/finalize-order/")
        }

        private func play(_ mode: String, at prefix: String) async throws {
            try await Lab.play("sick CA \(mode) at \(prefix)") { lab in
                let world = try await World(lab, startsEdge: false) {
                    $0["on_demand"] = ["hold": "2s"]
                }
                try world.pebble.fallSick(mode, at: prefix)
                try await world.edge.start()
                let domains = try await world.domains(2)
                let failed = try await world.client.visit(domains[0])
                #expect(failed.alert == "internal_error", "\(failed) \(lab.evidence)")
                try await eventually("the log names the domain and the CA") {
                    world.edge.log.contains(domains[0])
                }
                // The hold may be over before the last try is.
                if let words = Self.words[mode] {
                    try await eventually("the log has the CA's words") {
                        world.edge.log.contains(words)
                    }
                }
                // What failed is refused at once for a while, and not asked for again.
                let again = try await world.client.visit(domains[0])
                #expect(again.status == nil)

                try world.pebble.heal()
                // A CA may ask for a pause, and what a silent one was asked is waited for.
                guard mode != "429", mode != "silent" || prefix != "/" else { return }
                // For whom the hold is too short on a slow machine, the certificate is there soon.
                try await eventually(within: .seconds(90), "the next name is served") {
                    try await world.client.visit(domains[1]).status == 200
                }
            }
        }

        @Test func `the next issuer is asked when the first one is down`() async throws {
            try await Lab.play { lab in
                let world = try await World(lab) { configuration in
                    let dead: JSON = ["acme": ["directory": "https://127.0.0.1:9/directory"]]
                    configuration["issuers"] = .array([dead] + configuration["issuers"].array)
                }
                let visit = try await world.client.visit(try await world.domain())
                #expect(visit.status == 200, "\(visit) \(lab.evidence)")
            }
        }

        @Test func `an account that the CA forgot is created anew`() async throws {
            try await Lab.play { lab in
                let world = try await World(lab)
                #expect(try await world.client.visit(try await world.domain("a")).status == 200)
                // A restarted pebble has forgotten everything, as a CA's staging does.
                #expect(try await world.edge.terminate() == 0)
                await world.pebble.stop()
                let successor = try await Pebble(
                    lab, httpPort: world.edge.httpPort, tlsPort: world.edge.httpsPort,
                    dns: world.dns.port, port: world.pebble.port)
                var configuration = world.edge.configuration(
                    application: world.origin.url, dns: world.dns.port)
                configuration["issuers"] = [Nameplate.issuer(successor)]
                try await world.edge.start(configuration)
                let client = world.edge.client(roots: successor.roots)
                let visit = try await client.visit(try await world.domain("b"))
                #expect(visit.status == 200, "\(visit) \(lab.evidence)")
            }
        }
    }
}
