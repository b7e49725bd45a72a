// SPDX-License-Identifier: Apache-2.0
import Foundation
import TestSupport
import Testing

extension Scenarios {
    /// DNSimple's own client, which knows nothing of us but a base URL.
    @Suite(.serialized) struct DNSimpleClient {
        /// Its path is cut off the base URL unless that ends in a slash.
        @Test(arguments: ["/", "/dnsimple/"])
        func `the tutorial's whole flow, renewals, a wildcard and failures, and what is served`(
            root: String
        ) async throws {
            try await Lab.play("DNSimple's client at \(root)") { lab in
                let port = Ports.free()
                let domain = "bingo.pizza.test"
                let world = try await World(
                    lab, challenges: ["tls-alpn-01", "dns-01"], zone: "acme.edge.test"
                ) {
                    $0["management"] = DialectShell.configuration(port)
                    $0["on_demand"] = ["registered_only": true]
                }
                let shell = try DialectShell(lab, port: port)
                // The domain is certified with www.
                let names = ["www.\(domain)", "api.\(domain)", domain]
                try await world.dns.setAlias(
                    names + ["rsa.\(domain)", "refused.\(domain)", "any.\(domain)"],
                    of: World.target)
                let registered = try await shell.call(
                    "POST", "/v2/1010/domains", #"{"name":"\#(domain)"}"#,
                    ["Authorization: Bearer \(DialectShell.secret)"])
                #expect(registered.status == 201, "\(registered) \(lab.evidence)")

                let hookPort = Ports.free()
                let receiver = try lab.start(
                    await Python.interpreter(lab),
                    ["-B", Repository.client("hooks.py"), "\(hookPort)"])
                try await eventually("the receiver listens") { receiver.output.contains("ready") }
                let report = try await calls(
                    world, shell.base + root, domain, hook: "http://127.0.0.1:\(hookPort)/hook")
                try check(report, registered.json["data"]["id"].int ?? 0, names)
                try await check(keyIn: report, lab)
                try check(others: report, domain)
                try await check(receiver, report)

                try await serves(world, names, report["renewed_server"])
                try await serves(world, ["rsa.\(domain)"], report["rsa_server"])
                #expect(
                    try await lab.run(
                        "openssl", ["x509", "-in", lab.path("shown.pem"), "-noout", "-text"]
                    ).output.contains("rsaEncryption"))
                try await serves(world, ["any.\(domain)"], report["wildcard_server"])

                let deleted = try await shell.call(
                    "DELETE", "/v2/1010/domains/\(domain)", nil,
                    ["Authorization: Bearer \(DialectShell.secret)"])
                #expect(deleted.status == 204, "\(deleted)")
                let refused = try await world.client.visit(
                    names + ["rsa.\(domain)", "any.\(domain)"])
                #expect(refused.allSatisfy { $0.alert == "unrecognized_name" }, "\(refused)")
            }
        }

        /// What a visitor of these names is shown is what was downloaded.
        private func serves(_ world: World, _ names: [String], _ server: JSON) async throws {
            let lab = world.lab
            let visits = try await world.client.visit(names)
            #expect(visits.allSatisfy { $0.status == 200 }, "\(visits) \(lab.evidence)")
            try lab.write(server.string ?? "", to: "shown.pem")
            let serial = try await lab.run(
                "openssl", ["x509", "-in", lab.path("shown.pem"), "-noout", "-serial"])
            let shown = serial.output.lowercased().split(separator: "=").last.map {
                $0.trimmingCharacters(in: .whitespacesAndNewlines).drop { $0 == "0" }
            }
            #expect(visits.allSatisfy { $0.serial.map { $0[...] } == shown }, "\(visits)")
        }

        private func calls(
            _ world: World, _ base: String, _ domain: String, hook: String
        ) async throws -> JSON {
            let programs = try await Python.environment(world.lab)
            let said = try await world.lab.run(
                "\(programs)/python3",
                [
                    "-B", "-W", "ignore", Repository.client("dnsimple_calls.py"), base,
                    DialectShell.secret, DialectShell.keysSecret, domain, hook,
                    "\(world.dns.management)", world.pebble.sickness,
                ], within: .seconds(400))
            guard said.status == 0, let line = said.output.split(separator: "\n").last else {
                throw ScenarioError("dnsimple_calls.py: \(said)")
            }
            return try JSON(parsing: String(line))
        }

        private func check(_ report: JSON, _ domain: Int, _ names: [String]) throws {
            #expect(report["unknown"]["message"].string == "Domain `unknown.test` not found")
            #expect(report["webhooks"].array.count == 1)
            let order = report["order"]
            #expect(order["state"].string == "new")
            #expect(order["auto_renew"] == true)
            #expect(order["id"] == order["certificate_id"])
            #expect(report["not_issued"]["message"].string == "Certificate not issued")
            #expect(report["begun"]["state"].string == "requesting", "\(report["begun"])")
            #expect(report["begun"]["id"] == order["certificate_id"])
            let certificate = report["certificate"]
            #expect(certificate["state"].string == "issued", "\(certificate)")
            #expect(certificate["domain_id"].int == domain)
            #expect(certificate["name"].string == "www")
            #expect(certificate["common_name"].string == names[0])
            #expect(certificate["alternate_names"] == [.string(names[1])])
            #expect(certificate["expires_on"].string?.count == 10)
            #expect(report["root"] == .null)
            #expect(report["chain"].array.isEmpty == false)
            let renewal = report["renewal"]
            #expect(renewal["old_certificate_id"] == certificate["id"])
            #expect(renewal["state"].string == "new")
            #expect(report["renewal_begun"]["id"] == renewal["new_certificate_id"])
            #expect(report["renewed"]["state"].string == "issued")
            #expect(report["renewed_server"] != report["server"])
            #expect(report["listed"] == [report["renewed"]["id"], certificate["id"]])
            #expect(report["entries"].int == 2)
        }

        /// What is not the tutorial's.
        private func check(others report: JSON, _ domain: String) throws {
            #expect(report["rsa"]["state"].string == "issued", "\(report["rsa"])")
            #expect(report["rsa"]["auto_renew"] == false)
            let undelegated = report["undelegated"]
            #expect(undelegated["status"].int == 400)
            #expect(
                undelegated["message"].string?
                    .hasPrefix("*.\(domain) needs a CNAME _acme-challenge.\(domain) -> ") == true)
            #expect(report["wildcard"]["state"].string == "issued", "\(report["wildcard"])")
            #expect(report["wildcard"]["name"].string == "*")
            #expect(report["unrouted"]["status"].int == 400)
            #expect(
                report["unrouted"]["message"].string?.contains("nowhere.\(domain)") == true,
                "\(report["unrouted"])")
            // The client polls, and finds out.
            #expect(report["refused"]["state"].string == "rejected", "\(report["refused"])")
            #expect(report["refused_download"]["message"].string == "Certificate not issued")
            let states = report["states"]
            #expect(states["refused.\(domain)"].string == "rejected")
            #expect(states["nowhere.\(domain)"].string == "new")
            #expect(states["*.\(domain)"].string == "issued")
            #expect(report["domains"] == [.string(domain)])
        }

        /// By default a key stays where it is; who may have it gets the one of the certificate.
        private func check(keyIn report: JSON, _ lab: Lab) async throws {
            #expect(report["no_key"]["message"].string == "Private key not present")
            try lab.write(report["key"].string ?? "", to: "private.pem")
            try lab.write(report["server"].string ?? "", to: "server.pem")
            let ours = try await lab.run(
                "openssl", ["pkey", "-in", lab.path("private.pem"), "-pubout"])
            let theirs = try await lab.run(
                "openssl", ["x509", "-in", lab.path("server.pem"), "-noout", "-pubkey"])
            #expect(ours.status == 0 && ours.output == theirs.output, "\(ours) \(theirs)")
        }

        private func check(_ receiver: Program, _ report: JSON) async throws {
            let wanted = [report["certificate"]["id"], report["renewed"]["id"]]
            var messages: [JSON] = []
            try await eventually("both certificates are told of") {
                messages = receiver.output.split(separator: "\n").dropFirst().compactMap {
                    try? JSON(parsing: String($0))
                }
                let told = messages.filter { $0["name"].string == "certificate.issue" }
                    .map { $0["data"]["certificate"]["id"] }
                return wanted.allSatisfy(told.contains)
            }
            for message in messages where message["name"].string == "certificate.issue" {
                #expect(message["api_version"].string == "v2")
                let identifier = message["request_identifier"]
                #expect(identifier.string.flatMap { UUID(uuidString: $0) } != nil, "\(message)")
                let same = messages.filter { $0["request_identifier"] == identifier }
                #expect(same.allSatisfy { $0["data"] == message["data"] }, "\(same)")
                #expect(
                    message["user_agent"].string?.hasPrefix("DNSimple-Webhook-Notifier/") == true)
                #expect(message["account"]["id"] == report["account"])
                #expect(message["data"]["certificate"]["state"].string == "issued")
                #expect(
                    message["data"]["certificate"]["domain_id"]
                        == report["certificate"]["domain_id"])
            }
        }
    }
}
