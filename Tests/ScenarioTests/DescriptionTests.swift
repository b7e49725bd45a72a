// SPDX-License-Identifier: Apache-2.0
import Foundation
import TestSupport
import Testing

extension Scenarios {
    /// The native API, tried by a program that knows nothing of it but its description.
    @Suite struct Description {
        /// Requests for each operation beyond those that its description's bounds make; for a deeper look.
        private static let examples =
            Scenarios.isLong ? 40 : 3

        @Test func `schemathesis finds no server error and nothing that is not as described`()
            async throws
        {
            try await Lab.play { lab in
                let edge = try Nameplate(lab)
                let dns = try await ChallengeTestServer(lab)
                // Whatever name it thinks of leads here, and so can have a certificate.
                try await dns.setAddressOfAll("127.0.0.1")
                let port = Ports.free()
                var configuration = edge.configuration(
                    application: "http://127.0.0.1:1", dns: dns.port)
                configuration["issuers"] = [["internal": [:]]]
                configuration["on_demand"] = ["enabled": false]
                var management = ManagementClient.configuration(port: port)
                var client = management["clients"].array[0]
                client["scopes"] = ["read", "write", "keys"]
                management["clients"] = [client]
                configuration["management"] = management
                try await edge.start(configuration)
                let api = ManagementClient(lab, port: port)

                let programs = try await Python.environment(lab)
                let said = try await lab.run(
                    "\(programs)/schemathesis",
                    [
                        "--config-file", Repository.client("schemathesis.toml"), "run",
                        "--url", api.base, "\(api.base)/edge/v1/openapi.json",
                        "--auth", "app:app-secret", "--seed", "1", "--request-timeout", "120",
                        "--phases", "examples,coverage,fuzzing,stateful",
                        "--max-examples", "\(Self.examples)", "--generation-database", "none",
                        "--no-color",
                    ],
                    environment: [
                        "PYTHONPATH": URL(fileURLWithPath: Repository.client("schemathesis.toml"))
                            .deletingLastPathComponent().path,
                        "PYTHONDONTWRITEBYTECODE": "1",
                    ], within: .seconds(Scenarios.isLong ? 1800 : 900))
                #expect(said.status == 0, "\(said.output.suffix(12_000))")

                // It was let in, and came as far as certificates, to the end.
                let kinds = Set(try await api.all("/events").map { $0["type"].string ?? "" })
                let wanted: Set = [
                    "domain.registered", "certificate.created", "version.issued",
                    "issuance.started", "webhook.created", "site.created", "key.exported",
                ]
                #expect(wanted.subtracting(kinds) == [], "\(said.output.suffix(3000))")
                #expect(!kinds.contains("client.locked_out"))
            }
        }
    }
}
