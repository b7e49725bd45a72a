// SPDX-License-Identifier: Apache-2.0
import Foundation
import TestSupport
import Testing

extension Scenarios {
    /// `nameplate domains`, `certificates` and `events` on a running edge, as a script calls them.
    @Suite struct Manage {
        private static let secret = "of-the-operator-alone"

        @Test func `a domain's life by commands: added, certified, taken away, removed`()
            async throws
        {
            try await Lab.play { lab in
                let port = Ports.free()
                let world = try await World(lab) {
                    $0["management"] = [
                        "listen": "127.0.0.1:\(port)",
                        "clients": [
                            [
                                "application_id": "ops", "client_secret": .string(Self.secret),
                                "scopes": ["read", "write", "keys"],
                            ]
                        ],
                    ]
                }
                let config = ["--config", world.edge.configurationFile]
                func run(_ words: String...) async throws -> (status: CInt, output: String) {
                    try await Nameplate.run(lab, words + config)
                }
                let name = try await world.domain()

                let added = try await run("domains", "add", name, "--reference", "of customer 7")
                #expect(added.status == 0, "\(added.output)")
                #expect(added.output.hasSuffix("\t\t\tof customer 7\n"))
                #expect(try await run("domains", "check", name).status == 0)
                let provisioned = try await run("domains", "provision", name, "--wait")
                #expect(provisioned.status == 0, "\(provisioned.output)")
                #expect(provisioned.output.contains("\tdone\t"))
                #expect(try await world.client.visit([name]).allSatisfy { $0.status == 200 })

                let listed = try await run("certificates", "list", "--state", "active")
                let fields = listed.output.split(separator: "\t").map(String.init)
                let certificate = try #require(fields.first)
                #expect(fields.contains(name))
                let file = lab.path("taken.key.pem")
                for status in [0, 1] as [CInt] {
                    let taken = try await run(
                        "certificates", "download", certificate, "--as", "key", "--output", file)
                    #expect(taken.status == status, "a file is not written over: \(taken.output)")
                }
                let attributes = try FileManager.default.attributesOfItem(atPath: file)
                #expect((attributes[.posixPermissions] as? NSNumber)?.intValue == 0o600)
                let chain = try await run("certificates", "download", certificate)
                #expect(chain.output.hasPrefix("-----BEGIN CERTIFICATE-----"))

                #expect(try await run("domains", "remove", name).status == 0)
                #expect(try await run("domains", "show", name).status == 1)
                let events = try await run("events", "list", "--json")
                for type in ["domain.registered", "version.issued", "key.exported"] {
                    #expect(events.output.contains("\"\(type)\""), "\(events.output)")
                }
                let last = try await run("events", "list", "--after", "1")
                #expect(!last.output.contains("evt_1\t"))
            }
        }

        @Test func `who follows events goes on behind the last one when the edge is back`()
            async throws
        {
            try await Lab.play { lab in
                let edge = try Nameplate(lab)
                let port = Ports.free()
                var configuration = edge.configuration(
                    application: "http://127.0.0.1:1", dns: Ports.free())
                configuration["issuers"] = [["internal": [:]]]
                configuration["management"] = ManagementClient.configuration(port: port)
                try await edge.start(configuration)
                let client = ManagementClient(lab, port: port)
                let follower = try lab.start(
                    Nameplate.binary,
                    ["events", "list", "--follow", "--config", edge.configurationFile])
                for round in 1...2 {
                    let name = "n\(round).customer.test"
                    try await client.call("POST", "/domains", ["name": .string(name)])
                    try await eventually("the event of \(name) is told") {
                        follower.output.contains("\t\(name)\t")
                    }
                    guard round == 1 else { break }
                    await edge.crash()
                    try await eventually("it is missed") {
                        follower.output.contains("; trying again")
                    }
                    try await edge.start()
                }
                let lines = follower.output.split(separator: "\n")
                #expect(lines.count == 3, "\(lines)")
                #expect(follower.isRunning)
            }
        }

        @Test func `who is not let in, and what cannot be reached, have a status of their own`()
            async throws
        {
            try await Lab.play { lab in
                let url = "http://127.0.0.1:\(Ports.free())"
                let words = ["domains", "list", "--url", url]
                let unset = try await lab.run(Nameplate.binary, words)
                #expect(unset.status == 2, "\(unset.output)")
                let nobody = try await lab.run(
                    Nameplate.binary, words, environment: ["NAMEPLATE_TOKEN": "secret"])
                #expect(nobody.status == 3, "\(nobody.output)")
                #expect(!nobody.output.contains("secret"))
            }
        }
    }
}
