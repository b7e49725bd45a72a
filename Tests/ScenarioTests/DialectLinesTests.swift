// SPDX-License-Identifier: Apache-2.0
import Foundation
import TestSupport
import Testing

extension Scenarios {
    /// Each call that five providers' pages show runs as it is written, but for the base URL and what the
    /// reader has to fill in, and answers what the page says.
    @Suite(.serialized) struct DialectPages {
        @Test
        func `Entri: a domain is eligible, provisioned and deprovisioned by the page's lines`()
            async throws
        {
            try await Lab.play("Entri's page") { lab in
                let port = Ports.free()
                let world = try await World(lab) {
                    $0["management"] = DialectShell.configuration(port)
                    $0["on_demand"] = ["registered_only": true]
                }
                let shell = try DialectShell(lab, port: port)
                let ineligible = try await shell.send("entri GET /ssl")
                #expect(ineligible.status == 200)
                #expect(
                    ineligible.json == ["eligible": false, "sslStatus": "inactive"],
                    "\(ineligible) \(lab.evidence)")
                let denied = try await shell.send("entri POST /ssl")
                #expect(denied.status == 400, "\(denied)")
                #expect(denied.json["message"].string?.contains("www.test.com") == true)

                try await world.dns.setAlias(["www.test.com"], of: World.target)
                let eligible = try await shell.send("entri GET /ssl")
                #expect(
                    eligible.json == ["eligible": true, "sslStatus": "inactive"], "\(eligible)")
                let provisioned = try await shell.send("entri POST /ssl")
                #expect(provisioned.status == 200, "\(provisioned)")
                try await eventually("the domain is active") {
                    try await shell.send("entri GET /ssl").json
                        == ["eligible": false, "sslStatus": "active"]
                }
                #expect(try await world.client.visit("www.test.com").status == 200)

                let deprovisioned = try await shell.send("entri DELETE /ssl")
                #expect(deprovisioned.status == 200, "\(deprovisioned)")
                let refused = try await world.client.visit("www.test.com")
                #expect(refused.alert == "unrecognized_name", "\(refused)")
            }
        }

        @Test func `Resello: each line is declined as written, for EMAIL, and done with DNS`()
            async throws
        {
            try await Lab.play("Resello's page") { lab in
                let shell = try await shell(lab)
                let id = try await order(shell)
                for name in ["", "/{id}/renew", "/{id}/reissue", "/{id}/validate"] {
                    let declined = try await shell.send(
                        "resello POST /ssl-certificate\(name)", [("{id}", id)])
                    #expect(declined.status == 400, "\(name): \(declined)")
                    #expect(declined.json["code"].string == "dcv_type_not_supported")
                    #expect(
                        declined.json["error"]["message"]["dcv_type"].array
                            == ["EMAIL validation is not available; use DNS or FILE"])
                }
            }
        }

        @Test func `Resello: a certificate's life by the page's lines with DNS`() async throws {
            try await Lab.play("Resello's life") { lab in
                let shell = try await shell(lab)
                let id = try await order(shell)
                let list = try await shell.send("resello GET /ssl-certificate")
                #expect(list.json.array.map { $0["id"].string } == [id], "\(list)")
                let one = try await active(shell, id)
                #expect(one["common_name"].string == "example.com")
                #expect(one["plan"]["id"].string == DialectShell.plan)
                #expect(one["client_reference"].string == "#123")
                #expect(one["approver_first_name"].string == "John")
                let first = try await download("crt", of: id, shell)

                for call in ["renew", "reissue"] {
                    let again = try await shell.send(
                        "resello POST /ssl-certificate/{id}/\(call)", values(id))
                    #expect(again.status == 200, "\(call): \(again) \(lab.evidence)")
                    #expect(again.json["id"].string == id)
                    _ = try await active(shell, id)
                }
                #expect(try await download("crt", of: id, shell) != first)
                try await checkFiles(of: id, shell)

                let details = try await shell.send(
                    "resello GET /ssl-certificate/{id}/validation-details", [("{{id}}", id)])
                #expect(details.json["status"].string == "active", "\(details)")
                let retried = try await shell.send(
                    "resello POST /ssl-certificate/{id}/validate", values(id))
                // Nothing is left to be validated.
                #expect(retried.status == 409, "\(retried)")
                let deleted = try await shell.send(
                    "resello DELETE /ssl-certificate/{id}", values(id))
                #expect(deleted.status == 200, "\(deleted)")
                #expect(deleted.json["status"].string == "deleted")
                let gone = try await shell.send("resello GET /ssl-certificate/{id}", values(id))
                #expect(gone.status == 404)
            }
        }

        @Test func `AutoDNS: each route of the page does its task`() async throws {
            try await Lab.play("AutoDNS' page") { lab in
                let shell = try await shell(lab)
                let request = try Self.request()
                let order = JSON.object([
                    "plain": .string(request), "product": "QUICKSSL_PREMIUM",
                    "authentication": ["method": "DNS"],
                ])
                let prepared = try await task(shell, "CertificatePrepareOrder", order)
                #expect(prepared["data"].array.first?["name"].string == "example.com")
                #expect(prepared["data"].array.first?["keySize"].int == 2048)
                let created = try await autodns(
                    shell, "POST", "/certificate",
                    [
                        "csr": .string(request), "product": "QUICKSSL_PREMIUM",
                        "lifetime": ["unit": "MONTH", "period": 12],
                    ])
                #expect(created["status"]["code"].string == "N400101", "\(created)")
                let created2 = try await polled(shell)
                #expect(created2["job"]["status"].string == "SUCCESS", "\(created2)")
                let id = "\(created2["object"]["data"]["id"].int ?? 0)"
                try await confirm(shell, created2)

                let renewed = try await task(shell, "CertificateRenew", [:], id)
                let message = try await polled(shell)
                #expect(message["job"]["id"] == renewed["data"].array.first?["id"])
                #expect(message["job"]["action"].string == "renew", "\(message)")
                try await confirm(shell, message)
                let empty = try await task(shell, "PollInfo", nil)
                #expect(empty["data"].array.isEmpty)
                let known = try await task(shell, "CertificateInfo", nil, id)
                #expect(known["data"].array.first?["name"].string == "example.com")
                let pem = known["data"].array.first?["server"].string ?? ""
                #expect(pem.hasPrefix("-----BEGIN CERTIFICATE-----"), "\(known)")
            }
        }

        @Test func `every line of the pages is in the table`() {
            let providers = DialectLines.all.keys.map { $0.split(separator: " ")[0] }
            let counts = Dictionary(providers.map { ($0, 1) }, uniquingKeysWith: +)
            #expect(counts == ["entri": 3, "resello": 9, "autodns": 5, "dnsimple": 5])
        }

        // MARK: Resello

        /// An edge with an internal CA: the page's request names no host beside its common name, which
        /// pebble does not sign.
        private func shell(_ lab: Lab) async throws -> DialectShell {
            let port = Ports.free()
            let dns = try await ChallengeTestServer(lab)
            try await dns.setAddress("edge.saas.test")
            try await dns.setAddress("example.com")
            let edge = try Nameplate(lab)
            var configuration = edge.configuration(
                application: "http://127.0.0.1:9", dns: dns.port)
            configuration["issuers"] = [["internal": [:]]]
            configuration["management"] = DialectShell.configuration(port)
            try await edge.start(configuration)
            return try DialectShell(lab, port: port)
        }

        private func values(_ id: String) -> [(String, String)] {
            [("{id}", id), ("\"EMAIL\"", "\"DNS\"")]
        }

        private func order(_ shell: DialectShell) async throws -> String {
            let ordered = try await shell.send(
                "resello POST /ssl-certificate", [("\"EMAIL\"", "\"DNS\"")])
            guard ordered.status == 201, let id = ordered.json["id"].string else {
                throw ScenarioError("not ordered: \(ordered)")
            }
            return id
        }

        private func active(_ shell: DialectShell, _ id: String) async throws -> JSON {
            var shown = JSON.null
            try await eventually("the certificate is active") {
                shown = try await shell.send("resello GET /ssl-certificate/{id}", values(id)).json
                return shown["status"].string == "active"
            }
            return shown
        }

        private func download(
            _ format: String, of id: String, _ shell: DialectShell
        ) async throws -> String {
            let line = try DialectLines.text("resello GET /ssl-certificate/{id}/download")
            let answer = try await shell.send(
                "resello GET /ssl-certificate/{id}/download",
                [
                    (line, line.trimmingCharacters(in: .newlines) + " > download.\(format)"),
                    ("{{id}}", id), ("{{zip|pkcs7|crt|csr|ca}}", format),
                ])
            #expect(answer.status == 200, "\(format): \(answer)")
            #expect(answer.type == "application/octet-stream", "\(format): \(answer)")
            return
                (try? String(contentsOfFile: shell.lab.path("download.\(format)"), encoding: .utf8))
                ?? ""
        }

        /// OpenSSL and Python read what is handed out.
        private func checkFiles(of id: String, _ shell: DialectShell) async throws {
            for format in ["zip", "pkcs7", "crt", "csr", "ca"] {
                _ = try await download(format, of: id, shell)
            }
            let checks = [
                "openssl x509 -in download.crt -noout -checkhost example.com",
                "openssl req -in download.csr -noout -verify",
                "openssl x509 -in download.ca -noout -subject",
                "openssl pkcs7 -in download.pkcs7 -print_certs -noout",
                "python3 -m zipfile -t download.zip",
            ]
            for check in checks {
                let checked = try await shell.lab.run("sh", ["-c", check])
                #expect(checked.status == 0, "\(check): \(checked)")
                #expect(!checked.output.contains("NOT match"), "\(check): \(checked)")
            }
        }

        // MARK: AutoDNS

        /// The certification request of Resello's page.
        private static func request() throws -> String {
            let text = try DialectLines.text("resello POST /ssl-certificate")
            let start = text.range(of: "-----BEGIN")?.lowerBound ?? text.startIndex
            let end = text.range(of: "-----END CERTIFICATE REQUEST-----")?.upperBound
            return text[start..<(end ?? text.endIndex)].replacingOccurrences(of: "\\n", with: "\n")
        }

        /// A route of the page's table: `CertificateRenew | 400106 | PUT /certificate/$id/_renew |`.
        private func task(
            _ shell: DialectShell, _ name: String, _ body: JSON?, _ id: String = ""
        ) async throws -> JSON {
            let columns = try DialectLines.text("autodns \(name)").split(separator: "|")
                .map { $0.trimmingCharacters(in: .whitespacesAndNewlines) }
            let route = columns[2].split(separator: " ").map(String.init)
            let path = route[1].replacingOccurrences(of: "$id", with: id)
            let answer = try await autodns(shell, route[0], path, body)
            let code = answer["status"]["code"].string ?? ""
            #expect(
                ["S", "N"].contains(code.prefix(1)) && code.dropFirst() == columns[1], "\(answer)")
            return answer
        }

        private func autodns(
            _ shell: DialectShell, _ method: String, _ path: String, _ body: JSON?
        ) async throws -> JSON {
            let pair = Data("\(DialectShell.client):\(DialectShell.secret)".utf8)
            let answer = try await shell.call(
                method, "/v1\(path)", body?.text,
                [
                    "Authorization: Basic \(pair.base64EncodedString())",
                    "X-Domainrobot-Context: 4",
                ])
            #expect(answer.status == 200, "\(method) \(path): \(answer)")
            #expect(answer.json["stid"].string?.isEmpty == false)
            return answer.json
        }

        /// The next message of the queue.
        private func polled(_ shell: DialectShell) async throws -> JSON {
            var message = JSON.null
            try await eventually("a message is in the queue") {
                message = try await task(shell, "PollInfo", nil)["data"].array.first ?? .null
                return message != .null
            }
            return message
        }

        private func confirm(_ shell: DialectShell, _ message: JSON) async throws {
            let id = "\(message["id"].int ?? 0)"
            let confirmed = try await task(shell, "PollConfirm", [:], id)
            #expect(confirmed["object"]["value"].string == id)
        }
    }
}
