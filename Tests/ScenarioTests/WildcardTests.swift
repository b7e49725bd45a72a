// SPDX-License-Identifier: Apache-2.0
import Foundation
import TestSupport
import Testing

extension Scenarios {
    /// Wildcards through dns-01 by delegation: a customer's one CNAME, a real CA that follows it
    /// through a real resolver, and whoever answers for the challenge zone.
    @Suite(.serialized) struct Wildcard {
        private static let zone = "acme.edge.test"
        private static let customer = "shop.customer.test"
        /// SHA-256 of the customer's name.
        private static let label = "klgfu3fv7uear4c5i6kd7xrtfs"
        private static let key = UpdateKey(
            "nameplate.edge", secret: "bmFtZXBsYXRlIHRha2VzIGl0cyByZWNvcmRzIHRoZXJl")

        /// Who answers for the challenge zone.
        enum Server: String, CaseIterable {
            case embedded, bind, knot
        }

        @Test(arguments: Server.allCases)
        func `a wildcard is obtained by dns-01 and served by SNI`(server: Server) async throws {
            try await Lab.play("wildcard by \(server.rawValue)") { lab in
                let stage = try await Stage(lab, server)
                try await stage.dns.setAlias(
                    ["_acme-challenge.\(Self.customer)"], of: "\(Self.label).\(Self.zone)")
                try await stage.placeExpiringWildcard(for: Self.customer)
                let openssl = OpenSSL(lab)
                let folder = stage.edge.folder(of: "*.\(Self.customer)")
                let before = try await openssl.serial(folder)
                try await stage.edge.start()
                try await eventually(within: .seconds(180), "the wildcard is replaced") {
                    try await openssl.serial(folder) != before
                }
                let visits = try await stage.edge.client(roots: stage.pebble.roots).visit(
                    ["a.\(Self.customer)", "b.\(Self.customer)", Self.customer])
                for visit in visits {
                    #expect(visit.status == 200, "\(visit) \(lab.evidence)")
                    #expect(visit.serial?.isEmpty == false)
                }
                #expect(Set(visits.map(\.serial)).count == 1)
                // What was shown is taken away.
                try await eventually("the zone is empty again") {
                    let left = try await lab.run(
                        "dig",
                        [
                            "@127.0.0.1", "-p", "\(stage.zonePort)", "+short", "TXT",
                            "\(Self.label).\(Self.zone)",
                        ])
                    return left.status == 0 && left.output.isEmpty
                }
                #expect(!stage.edge.log.contains(Self.key.secret))
            }
        }

        @Test(arguments: [Server.embedded, .knot])
        func `a wildcard ordered by API waits for its CNAME, and is then obtained and served`(
            server: Server
        ) async throws {
            try await Lab.play("wildcard by API and \(server.rawValue)") { lab in
                let stage = try await Stage(lab, server)
                try await stage.edge.start()
                let names: JSON = [.string("*.\(Self.customer)"), .string(Self.customer)]
                let certificate = try await stage.api.call(
                    "POST", "/certificates", ["names": names])
                let issuance = "/issuances/\(certificate["open_issuance_id"].string ?? "")"
                try await eventually("it waits") {
                    try await stage.api.call("GET", issuance)["state"] == "awaiting_delegation"
                }
                let waiting = try await stage.api.call("GET", issuance)
                let delegation = waiting["authorizations"].array.first?["delegation"]
                #expect(delegation?["from"] == .string("_acme-challenge.\(Self.customer)"))
                #expect(delegation?["to"] == .string("\(Self.label).\(Self.zone)"))
                #expect(stage.pebble.orders == 0)

                try await stage.dns.setAlias(
                    ["_acme-challenge.\(Self.customer)"], of: "\(Self.label).\(Self.zone)")
                try await eventually(within: .seconds(180), "it is done") {
                    try await stage.api.call("GET", issuance)["state"] == "done"
                }
                let visits = try await stage.edge.client(roots: stage.pebble.roots).visit(
                    ["a.\(Self.customer)", Self.customer])
                for visit in visits { #expect(visit.status == 200, "\(visit) \(lab.evidence)") }
                #expect(Set(visits.map(\.serial)).count == 1)
            }
        }

        /// The arguments of `dig`, and what has to stand in its output.
        static let questions: [(String, [String])] = [
            ("SOA acme.edge.test", ["status: NOERROR", "flags: qr aa;", "hostmaster"]),
            ("NS acme.edge.test +tcp", ["status: NOERROR", "flags: qr aa;", "ns.edge.test."]),
            ("TXT nobody.acme.edge.test", ["status: NXDOMAIN", "flags: qr aa;", "SOA"]),
            ("TXT acme.edge.test", ["status: NOERROR", "ANSWER: 0", "SOA"]),
            ("ANY acme.edge.test +notcp", ["status: NOERROR", "RFC8482"]),
            ("A www.example.org +recurse", ["status: REFUSED", "flags: qr rd;"]),
            ("AXFR acme.edge.test", ["Transfer failed"]),
            ("SOA ACME.edge.TEST +edns=1 +noednsneg", ["status: BADVERS"]),
            ("SOA ACME.edge.TEST +noedns", ["status: NOERROR", ";ACME.edge.TEST."]),
            ("+opcode=update SOA acme.edge.test", ["status: NOTIMP"]),
        ]

        @Test func `the embedded responder answers dig as an authoritative server does`()
            async throws
        {
            try await Lab.play { lab in
                let stage = try await Stage(lab, .embedded)
                try await stage.edge.start()
                for (question, wanted) in Self.questions {
                    let words = question.split(separator: " ").map(String.init)
                    let answer = try await lab.run(
                        "dig",
                        ["@127.0.0.1", "-p", "\(stage.zonePort)", "+norecurse", "+tries=1"]
                            + words)
                    for text in wanted {
                        #expect(answer.output.contains(text), "\(question): \(answer.output)")
                    }
                }
            }
        }

        @Test func `a wildcard that is not delegated is not ordered, and diagnose says why`()
            async throws
        {
            try await Lab.play { lab in
                let stage = try await Stage(lab, .embedded)
                try await stage.placeExpiringWildcard(for: Self.customer)
                try await stage.edge.start()
                try await eventually("the log says that it is not delegated") {
                    stage.edge.log.contains("not_delegated")
                }
                #expect(stage.pebble.orders == 0)
                let arguments = [
                    "diagnose", "*.\(Self.customer)", "--config", stage.edge.configurationFile,
                ]
                let record = "_acme-challenge.\(Self.customer). CNAME \(Self.label).\(Self.zone)."
                let told = try await Nameplate.run(lab, arguments)
                #expect(told.status == 1 && told.output.contains("Add: \(record)"))
                try await stage.dns.setAlias(
                    ["_acme-challenge.\(Self.customer)"], of: "\(Self.label).\(Self.zone)")
                let good = try await Nameplate.run(lab, arguments + ["--json"])
                #expect(good.status == 0, "\(good.output)")
                let report = try JSON(parsing: good.output)
                #expect(report["eligible"] == true)
                #expect(report["delegation"]["in_place"] == true)
                #expect(
                    report["persistence"]["owner"]
                        == .string(
                            "_validation-persist.\(Self.customer)"))
            }
        }

        @Test(arguments: [
            (Server.bind, UpdateKey(key.name, secret: "YW5vdGhlciBzZWNyZXQ="), "BADSIG"),
            (.bind, UpdateKey("nobody.edge", secret: key.secret), "BADKEY"),
            (.knot, UpdateKey(key.name, secret: "YW5vdGhlciBzZWNyZXQ="), "BADSIG"),
            (.knot, UpdateKey("nobody.edge", secret: key.secret), "BADKEY"),
        ])
        func `a key that the server does not take is named as it names it`(
            server: Server, key: UpdateKey, name: String
        ) async throws {
            try await Lab.play("\(name) of \(server.rawValue)") { lab in
                let stage = try await Stage(lab, server, key: key)
                try await stage.dns.setAlias(
                    ["_acme-challenge.\(Self.customer)"], of: "\(Self.label).\(Self.zone)")
                try await stage.placeExpiringWildcard(for: Self.customer)
                try await stage.edge.start()
                try await eventually(within: .seconds(180), "the log names it") {
                    stage.edge.log.contains(name)
                }
                #expect(!stage.edge.log.contains(key.secret))
            }
        }

        @Test func `a key that was put right counts from the next reload on`() async throws {
            try await Lab.play { lab in
                let wrong = UpdateKey(Self.key.name, secret: "YW5vdGhlciBzZWNyZXQ=")
                let stage = try await Stage(lab, .knot, key: wrong)
                try await stage.dns.setAlias(
                    ["_acme-challenge.\(Self.customer)"], of: "\(Self.label).\(Self.zone)")
                try await stage.edge.start()
                let made = try await stage.api.call(
                    "POST", "/certificates", ["names": [.string("*.\(Self.customer)")]])
                let certificate = "/certificates/\(made["id"].string ?? "")"
                let first = "/issuances/\(made["open_issuance_id"].string ?? "")"
                try await eventually("it has failed") {
                    try await stage.api.call("GET", first)["next_attempt_at"] != .null
                }
                #expect(try await stage.api.text("GET", first).contains("BADSIG"))

                let text = try String(
                    contentsOfFile: stage.edge.configurationFile, encoding: .utf8)
                var configuration = try JSON(parsing: text)
                configuration["dns"]["update"]["key"] = Self.key.configuration
                try stage.edge.write(configuration)
                stage.edge.reload()
                try await eventually("it is taken over") {
                    stage.edge.log.contains("configuration taken over")
                }
                // It would be attempted again by itself; so it is at once.
                let again = try await stage.api.call("POST", "\(certificate)/issuances", [:])
                #expect(again["id"] == made["open_issuance_id"])
                try await eventually(within: .seconds(180), "it is done") {
                    try await stage.api.call("GET", first)["state"] == "done"
                }
            }
        }

        /// A customer's DNS, the challenge zone's server, a resolver that finds both, pebble that asks
        /// it, and an edge that is configured and not started.
        struct Stage {
            let lab: Lab
            let dns: ChallengeTestServer
            let pebble: Pebble
            let edge: Nameplate
            let api: ManagementClient
            let zonePort: UInt16

            init(
                _ lab: Lab, _ server: Server, key: UpdateKey = key,
                _ alter: (inout JSON) -> Void = { _ in }
            ) async throws {
                self.lab = lab
                edge = try Nameplate(lab)
                dns = try await ChallengeTestServer(lab)
                try await dns.setAddress(World.target)
                let zones = [Zone(Wildcard.zone, key: Wildcard.key)]
                switch server {
                case .embedded: zonePort = Ports.free()
                case .bind: zonePort = try await Bind(lab, zones).port
                case .knot: zonePort = try await Knot(lab, zones).port
                }
                let resolver = try await Bind(
                    lab, folder: "resolver",
                    forwards: [
                        "customer.test": dns.port, "saas.test": dns.port, Wildcard.zone: zonePort,
                    ])
                let origin = try await Origin(lab)
                pebble = try await Pebble(
                    lab, httpPort: edge.httpPort, tlsPort: edge.httpsPort, dns: resolver.port)
                var configuration = edge.configuration(
                    application: origin.url, target: World.target, dns: dns.port)
                configuration["issuers"] = [
                    Nameplate.issuer(pebble, challenges: ["tls-alpn-01", "dns-01"])
                ]
                var zone: JSON = ["name": .string(Wildcard.zone)]
                if server == .embedded {
                    zone["listen"] = ["127.0.0.1:\(zonePort)"]
                    zone["name_servers"] = ["ns.edge.test"]
                } else {
                    configuration["dns"] = [
                        "resolvers": ["127.0.0.1:\(dns.port)"],
                        "update": [
                            "server": "127.0.0.1:\(zonePort)", "zone": .string(Wildcard.zone),
                            "key": key.configuration,
                        ],
                    ]
                }
                configuration["challenge_zone"] = zone
                let port = Ports.free()
                configuration["management"] = ManagementClient.configuration(port: port)
                api = ManagementClient(lab, port: port)
                alter(&configuration)
                try edge.write(configuration)
            }

            /// A pair as an operator copies it in, whose time to be renewed has come: for a name that
            /// points elsewhere and for all below it, which takes two records at one label.
            func placeExpiringWildcard(for customer: String) async throws {
                let name = "*.\(customer)"
                let folder = edge.folder(of: name)
                try FileManager.default.createDirectory(
                    atPath: folder, withIntermediateDirectories: true)
                let made = try await lab.run(
                    Python.environment(lab) + "/python",
                    [
                        Repository.client("expiring.py"), "\(folder)/chain.pem",
                        "\(folder)/key.pem", name, customer,
                    ])
                guard made.status == 0 else { throw ScenarioError("expiring.py: \(made.output)") }
            }
        }
    }
}
