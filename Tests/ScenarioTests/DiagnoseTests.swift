// SPDX-License-Identifier: Apache-2.0
import Foundation
import TestSupport
import Testing

extension Scenarios {
    /// `nameplate diagnose` on zones of real servers: the cause, and the record to add.
    @Suite(.serialized) struct Diagnose {
        struct Situation: Sendable {
            let domain: String
            /// As `--json` has it; nil: eligible.
            let cause: String?
            /// What the advice has to contain.
            var advice: [String] = []
        }

        static let zone = Zone(
            "test",
            """
            edge.saas A 127.0.0.1
            edge.saas A 127.0.0.2
            edge.saas AAAA ::1
            right.shop CNAME edge.saas
            chain.shop CNAME right.shop
            wrong.shop CNAME elsewhere.shop
            elsewhere.shop A 203.0.113.9
            dead.shop CNAME gone.shop
            loop.shop CNAME loop2.shop
            loop2.shop CNAME loop.shop
            empty.shop TXT "nothing else"
            flat.shop A 127.0.0.1
            flat.shop AAAA ::1
            part.shop A 127.0.0.2
            address.shop A 203.0.113.9
            stray.shop A 127.0.0.1
            stray.shop AAAA 2001:db8::9
            forbids CAA 0 issue "other-ca.test"
            www.forbids CNAME edge.saas
            nobody.shop CAA 0 issue ";"
            nobody.shop A 127.0.0.1
            permits CAA 0 issue "ours-ca.test"
            www.permits CNAME edge.saas
            account CAA 0 issue "ours-ca.test; accounturi=https://ours-ca.test/account/1"
            www.account CNAME edge.saas
            method CAA 0 issue "ours-ca.test; validationmethods=dns-01"
            www.method CNAME edge.saas
            critical CAA 128 tomorrow "x"
            www.critical CNAME edge.saas
            many.shop A 127.0.0.1
            \((0..<70).map { "many.shop CAA 0 issue \"ca-number-\($0).test\"" }.joined(separator: "\n"))
            many.shop CAA 0 issue "ours-ca.test"
            """ + "\n" + chain(12))

        private static func chain(_ length: Int) -> String {
            let hops = (0..<length).map { "hop\($0).long CNAME hop\($0 + 1).long" }
            return (hops + ["hop\(length).long CNAME edge.saas"]).joined(separator: "\n")
        }

        private static let record = "CNAME edge.saas.test."

        static let situations: [Situation] = [
            Situation(domain: "right.shop.test", cause: nil),
            Situation(domain: "chain.shop.test", cause: nil),
            Situation(domain: "flat.shop.test", cause: nil),
            Situation(domain: "part.shop.test", cause: nil),
            Situation(domain: "www.permits.test", cause: nil),
            Situation(domain: "many.shop.test", cause: nil),
            Situation(
                domain: "wrong.shop.test", cause: "wrong_target",
                advice: ["elsewhere.shop.test", "wrong.shop.test. \(record)"]),
            Situation(
                domain: "dead.shop.test", cause: "wrong_target",
                advice: ["gone.shop.test", "dead.shop.test. \(record)"]),
            Situation(
                domain: "missing.shop.test", cause: "not_found",
                advice: ["missing.shop.test. \(record)"]),
            Situation(
                domain: "empty.shop.test", cause: "no_records",
                advice: ["empty.shop.test. \(record)"]),
            Situation(
                domain: "address.shop.test", cause: "wrong_address",
                advice: ["203.0.113.9", "address.shop.test. \(record)"]),
            Situation(
                domain: "stray.shop.test", cause: "stray_address", advice: ["2001:db8::9"]),
            Situation(
                domain: "hop0.long.test", cause: "chain_too_long",
                advice: ["hop0.long.test. \(record)"]),
            Situation(
                domain: "www.forbids.test", cause: "caa_forbids",
                advice: ["other-ca.test", "CAA 0 issue \"ours-ca.test\""]),
            Situation(
                domain: "nobody.shop.test", cause: "caa_forbids",
                advice: ["CAA 0 issue \"ours-ca.test\""]),
            Situation(
                domain: "www.account.test", cause: "caa_account", advice: ["ours-ca.test"]),
            Situation(
                domain: "www.method.test", cause: "caa_method", advice: ["validationmethods="]),
            Situation(
                domain: "www.critical.test", cause: "caa_critical", advice: ["tomorrow"]),
            Situation(
                domain: "loop.shop.test", cause: "loop", advice: ["loop.shop.test. \(record)"]),
        ]

        @Test(arguments: ["knot", "bind"])
        func `each situation of a zone is named with the record to add`(
            server: String
        )
            async throws
        {
            try await Lab.play("diagnose \(server)") { lab in
                let port =
                    server == "knot"
                    ? try await Knot(lab, [Self.zone]).port : try await Bind(lab, [Self.zone]).port
                try await eventually("the zone is loaded") {
                    try await lab.run(
                        "dig",
                        ["+short", "@127.0.0.1", "-p", "\(port)", "right.shop.test", "A"]
                    ).output.contains("127.0.0.1")
                }
                let file = try configuration(lab, resolver: port)
                for situation in Self.situations {
                    try await diagnose(lab, file, situation)
                }
            }
        }

        @Test func `each way of a resolver to fail is named`() async throws {
            try await Lab.play { lab in
                let port = Ports.free()
                let programs = try await Python.environment(lab)
                let script = Repository.client("liar.py")
                let liar = try lab.start("\(programs)/python3", ["-B", script, "\(port)"])
                try await eventually("the liar listens") { liar.output.contains("ready") }
                let file = try configuration(lab, resolver: port)
                for (kind, cause) in Self.faults where cause != "no_answer" {
                    try await diagnose(
                        lab, file, Situation(domain: "\(kind).test", cause: cause))
                }
                // At once: these are a matter of waiting.
                try await withThrowingTaskGroup { group in
                    for (kind, cause) in Self.faults where cause == "no_answer" {
                        group.addTask {
                            try await diagnose(
                                lab, file, Situation(domain: "\(kind).test", cause: cause))
                        }
                    }
                    try await group.waitForAll()
                }
            }
        }

        /// What `Clients/liar.py` does, and what is made of it.
        private static let faults: [(kind: String, cause: String?)] = [
            ("right", nil), ("truncated", nil), ("late", nil), ("servfail", "server_failure"),
            ("refused", "resolver_failure"), ("pointers", "resolver_failure"),
            ("silent", "no_answer"), ("wrong-id", "no_answer"), ("wrong-question", "no_answer"),
            ("garbage", "no_answer"),
        ]

        @Test func `the sentence for people says the same`() async throws {
            try await Lab.play { lab in
                let dns = try await ChallengeTestServer(lab)
                try await dns.setAddress("edge.saas.test")
                try await dns.setAlias(["shop.test"], of: "elsewhere.test")
                try await dns.setAddress("elsewhere.test", ["203.0.113.9"])
                let file = try configuration(lab, resolver: dns.port)
                let said = try await Nameplate.run(
                    lab, ["diagnose", "www.nothing.test", "--config", file])
                #expect(said.status == 1, "\(said)")
                #expect(said.output.contains("www.nothing.test. CNAME edge.saas.test."), "\(said)")
                let wrong = try await Nameplate.run(lab, ["diagnose", "--config", file])
                #expect(wrong.status == 2, "\(wrong)")
                let address = try await Nameplate.run(
                    lab, ["diagnose", "192.0.2.1", "--config", file])
                #expect(address.status != 0, "\(address)")
            }
        }

        private func configuration(_ lab: Lab, resolver: UInt16) throws -> String {
            let edge = try Nameplate(lab)
            var configuration = edge.configuration(
                application: "http://127.0.0.1:9", target: "edge.saas.test", dns: resolver)
            configuration["issuers"] = [
                [
                    "acme": [
                        "directory": "https://127.0.0.1:9/directory",
                        "caa_identities": ["ours-ca.test"],
                    ]
                ]
            ]
            try edge.write(configuration)
            return edge.configurationFile
        }

        private func diagnose(_ lab: Lab, _ file: String, _ situation: Situation) async throws {
            let said = try await Nameplate.run(
                lab, ["diagnose", situation.domain, "--config", file, "--json"])
            let report = try? JSON(parsing: said.output)
            #expect(said.status == (situation.cause == nil ? 0 : 1), "\(situation): \(said)")
            #expect(report?["cause"].string == situation.cause, "\(situation): \(said.output)")
            for part in situation.advice {
                let advice = report?["advice"].string ?? ""
                #expect(advice.contains(part), "\(situation): \(advice)")
            }
        }
    }
}
