// SPDX-License-Identifier: Apache-2.0
import Foundation
import TestSupport
import Testing

extension Scenarios {
    /// Taking a domain out of service while its CNAME still points here.
    @Suite(.serialized) struct Deprovisioning {
        /// Far more than the data loops: the kernel spreads them by their ports.
        private static let handshakes = 64

        @Test
        func `the next handshake after the answer is refused, on every loop, and after a restart`()
            async throws
        {
            try await Lab.play { lab in
                let edge = try Nameplate(lab)
                let dns = try await ChallengeTestServer(lab)
                try await dns.setAddress(World.target)
                let hosts = ["shop.customer.test", "www.customer.test"]
                try await dns.setAlias(hosts, of: World.target)
                let origin = try await Origin(lab)
                let port = Ports.free()
                var configuration = edge.configuration(
                    application: origin.url, target: World.target, dns: dns.port)
                configuration["issuers"] = [["internal": [:]]]
                configuration["listen"]["loops"] = 4
                configuration["management"] = ManagementClient.configuration(port: port)
                try await edge.start(configuration)
                let api = ManagementClient(lab, port: port)
                let visitors = edge.client(roots: nil)
                let many = Array(repeating: hosts[0], count: Self.handshakes)

                // One certificate for both: the name that stays must not serve the one that goes.
                let certificate = try await api.call(
                    "POST", "/certificates", ["names": JSON(hosts)])
                let issuance = certificate["open_issuance_id"].string ?? ""
                try await eventually("it serves") {
                    try await api.call("GET", "/issuances/\(issuance)")["state"] == "done"
                }
                for visit in try await visitors.visit(many) {
                    #expect(visit.status == 200, "\(visit) \(lab.evidence)")
                }

                try await api.call("DELETE", "/domains/\(hosts[0])")
                for visit in try await visitors.visit(many) {
                    #expect(visit.alert == "unrecognized_name", "\(visit) \(lab.evidence)")
                }
                #expect(try await visitors.visit(hosts[1]).status == 200)
                // Nor is it served over a connection that was made for the other name.
                let misdirected = try await visitors.visit(hosts[1], host: hosts[0])
                #expect(misdirected.status == 421)

                #expect(try await edge.terminate() == 0)
                try await edge.start()
                for visit in try await visitors.visit(many) {
                    #expect(visit.alert == "unrecognized_name", "\(visit) \(lab.evidence)")
                }
                let events = try await api.all("/events").map { $0["type"] }
                #expect(events.contains("domain.deprovisioned"))

                // Registered again, it may be visited again.
                try await api.call("POST", "/domains", ["name": .string(hosts[0])])
                #expect(try await visitors.visit(hosts[0]).status == 200, "\(lab.evidence)")
            }
        }
    }
}
