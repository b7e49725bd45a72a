// SPDX-License-Identifier: Apache-2.0
import Foundation
import TestSupport
import Testing

extension Scenarios {
    /// Certificates whose key never leaves, signed by a CA that we know nothing of.
    @Suite(.serialized) struct Templates {
        @Test
        func `a template's life: its request signed elsewhere, linked, served, swapped under load`()
            async throws
        {
            try await Lab.play { lab in
                let edge = try Nameplate(lab)
                let dns = try await ChallengeTestServer(lab)
                try await dns.setAddress(World.target)
                let origin = try await Origin(lab)
                let port = Ports.free()
                var configuration = edge.configuration(
                    application: origin.url, target: World.target, dns: dns.port)
                configuration["issuers"] = [["internal": [:]]]
                configuration["on_demand"] = ["enabled": false]
                configuration["management"] = ManagementClient.configuration(port: port)
                try await edge.start(configuration)
                let api = ManagementClient(lab, port: port)
                let openssl = OpenSSL(lab)
                let authority = try await openssl.authority()
                let issuers = try String(contentsOfFile: authority.certificate, encoding: .utf8)
                let hosts = ["cdn.customer.test", "www.customer.test"]

                // Create; the request says what was asked for, and no file of the store has its key.
                let certificate = try await api.call(
                    "POST", "/certificates",
                    [
                        "names": JSON(hosts), "issuer": "external", "activation": "sites",
                        "subject": ["country": "NL", "organization": "Customer"],
                    ])
                let template = certificate["id"].string ?? ""
                let first = certificate["open_issuance_id"].string ?? ""
                let request = try await api.text("GET", "/issuances/\(first)/request.pem")
                let shown = try await lab.run(
                    "openssl",
                    [
                        "req", "-noout", "-verify", "-subject", "-nameopt", "RFC2253", "-in",
                        try lab.write(request, to: "shown.pem"),
                    ])
                #expect(shown.output.contains("verify OK"))
                #expect(shown.output.contains("CN=cdn.customer.test,O=Customer,C=NL"))

                // Upload, link, publish: served.
                let version = try await api.call(
                    "POST", "/versions",
                    [
                        "certificate": .string(try await openssl.signed(request, by: authority)),
                        "issuers": .string(issuers), "issuance_id": .string(first),
                    ])
                #expect(version["state"] == "issued")
                let made = try await api.call(
                    "POST", "/sites", ["name": "shop", "hosts": JSON(hosts)])
                let site = made["id"].string ?? ""
                try await api.call(
                    "PUT", "/sites/\(site)/certificate", ["version_id": version["id"]])
                let visitors = edge.client(roots: authority.certificate)
                #expect(try await visitors.visit(hosts[0]).alert != nil)
                let publication = try await api.call("POST", "/sites/\(site)/publish", [:])
                #expect(publication["state"] == "accepted", "\(lab.evidence)")
                for visit in try await visitors.visit(hosts) {
                    #expect(visit.status == 200, "\(lab.evidence)")
                    #expect(visit.serial == serial(version))
                }

                // Renewed again and again, while visitors come.
                let loop = try await visitors.start(
                    "handshakes", ["names": JSON(hosts), "workers": 2])
                var serials = [serial(version)]
                for _ in 0..<Self.swaps {
                    let issuance = try await api.call(
                        "POST", "/certificates/\(template)/issuances", ["reason": "renewal"])
                    let number = issuance["id"].string ?? ""
                    let request = try await api.text("GET", "/issuances/\(number)/request.pem")
                    let renewed = try await api.call(
                        "PUT", "/issuances/\(number)/chain",
                        [
                            "certificate": .string(
                                try await openssl.signed(request, by: authority)),
                            "issuers": .string(issuers),
                        ])
                    #expect(renewed["state"] == "active", "\(lab.evidence)")
                    serials.append(serial(renewed))
                    // The next handshake after the answer has it, on whichever loop it is.
                    for visit in try await visitors.visit(hosts) {
                        #expect(visit.serial == serials.last, "\(lab.evidence)")
                    }
                }
                let report = try await loop.report()
                print("a template swapped under \(report["handshakes"].text) handshakes")
                #expect(report["failures"] == [], "\(lab.evidence)")
                for host in hosts {
                    let seen = report["serials"][host].array.compactMap(\.string)
                    #expect(seen.allSatisfy { serials.contains($0) })
                    #expect(seen.count > 1)
                }
                #expect(!(try keyLeft(lab, edge)), "a key lies where it can be read")
            }
        }

        private static let swaps = 5

        /// As clients see it: without leading zeroes.
        private func serial(_ version: JSON) -> String {
            String((version["serial"].string ?? "").drop { $0 == "0" })
        }

        /// Whether a file of the store can be read by others.
        private func keyLeft(_ lab: Lab, _ edge: Nameplate) throws -> Bool {
            let files = FileManager.default.enumerator(atPath: edge.store)
            while let path = files?.nextObject() as? String {
                guard path.hasSuffix("key.pem") || path.hasPrefix("records/") else { continue }
                let attributes = try FileManager.default.attributesOfItem(
                    atPath: "\(edge.store)/\(path)")
                guard attributes[.type] as? FileAttributeType == .typeRegular else { continue }
                let mode = attributes[.posixPermissions] as? Int ?? 0
                if mode & 0o077 != 0 { return true }
            }
            return false
        }
    }
}
