// SPDX-License-Identifier: Apache-2.0
import Foundation
import TestSupport
import Testing

extension Scenarios {
    /// Each call that five providers' pages show runs as it is written, but for the base URL and what the
    /// reader has to fill in, and answers what the page says. A story in five parts, on one edge.
    @Suite struct DialectPages {
        @Test func `every line of the pages runs as it is written, on one edge`() async throws {
            try await Lab.play("the pages") { lab in
                let stage = try await Stage(lab)
                try await entri(stage)
                try await resello(stage.shell)
                try await autodns(stage.shell)
                try await dnsimple(stage)
                try await qwilt(stage)
                let unsent = Set(DialectLines.all.keys).subtracting(stage.shell.sent)
                #expect(unsent.isEmpty, "lines that nobody has sent: \(unsent.sorted())")
            }
        }

        @Test func `the table has all that the pages show`() {
            let providers = DialectLines.all.keys.map { $0.split(separator: " ")[0] }
            let counts = Dictionary(providers.map { ($0, 1) }, uniquingKeysWith: +)
            #expect(
                counts == ["entri": 3, "resello": 9, "autodns": 5, "dnsimple": 5, "qwilt": 12])
        }

        /// An edge with an internal CA: the request of Resello's page names no host beside its common
        /// name, which pebble does not sign.
        struct Stage {
            let edge: Nameplate
            let dns: ChallengeTestServer
            let shell: DialectShell
            /// Visitors who trust whoever signs.
            var client: Client { edge.client(roots: nil) }

            init(_ lab: Lab) async throws {
                let port = Ports.free()
                dns = try await ChallengeTestServer(lab)
                try await dns.setAddress(World.target)
                try await dns.setAddress("example.com")
                let origin = try await Origin(lab)
                edge = try Nameplate(lab)
                var configuration = edge.configuration(
                    application: origin.url, target: World.target, dns: dns.port)
                configuration["issuers"] = [["internal": [:]]]
                configuration["on_demand"] = ["registered_only": true]
                configuration["management"] = DialectShell.configuration(port)
                try await edge.start(configuration)
                shell = try DialectShell(lab, port: port)
            }
        }

        // MARK: Entri

        /// A domain is eligible, provisioned and deprovisioned.
        private func entri(_ stage: Stage) async throws {
            let shell = stage.shell
            let ineligible = try await shell.send("entri GET /ssl")
            #expect(ineligible.status == 200)
            #expect(
                ineligible.json == ["eligible": false, "sslStatus": "inactive"],
                "\(ineligible) \(shell.lab.evidence)")
            let denied = try await shell.send("entri POST /ssl")
            #expect(denied.status == 400, "\(denied)")
            #expect(denied.json["message"].string?.contains("www.test.com") == true)

            try await stage.dns.setAlias(["www.test.com"], of: World.target)
            let eligible = try await shell.send("entri GET /ssl")
            #expect(eligible.json == ["eligible": true, "sslStatus": "inactive"], "\(eligible)")
            let provisioned = try await shell.send("entri POST /ssl")
            #expect(provisioned.status == 200, "\(provisioned)")
            #expect(provisioned.json["domain"].string == "www.test.com")
            try await eventually("the domain is active") {
                try await shell.send("entri GET /ssl").json
                    == ["eligible": false, "sslStatus": "active"]
            }
            #expect(try await stage.client.visit("www.test.com").status == 200)

            let deprovisioned = try await shell.send("entri DELETE /ssl")
            #expect(deprovisioned.status == 200, "\(deprovisioned)")
            #expect(deprovisioned.json["domain"].string == "www.test.com")
            #expect(deprovisioned.json["sslStatus"].string == "inactive")
            let refused = try await stage.client.visit("www.test.com")
            #expect(refused.alert == "unrecognized_name", "\(refused)")
        }
    }
}
