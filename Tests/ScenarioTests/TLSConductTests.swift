// SPDX-License-Identifier: Apache-2.0
import Foundation
import TestSupport
import Testing

extension Scenarios {
    /// How the listener looks to those who judge TLS servers, and to those who wear them out.
    @Suite(.serialized) struct TLSConduct {
        @Test func `sslyze finds Mozilla's intermediate profile kept`() async throws {
            try await Lab.play { lab in
                let front = try await Front(lab)
                let programs = try await Python.environment(lab)
                let judged = try await lab.run(
                    "\(programs)/sslyze",
                    [
                        "--mozilla_config", "intermediate", "--certinfo_ca_file", front.roots,
                        "\(Front.name):\(front.edge.httpsPort){127.0.0.1}",
                    ], within: .seconds(120))
                #expect(judged.status == 0, "\(judged.output)")
                #expect(judged.output.contains("OK - Compliant"), "\(judged.output)")
            }
        }

        @Test(arguments: ["-tls1", "-tls1_1"])
        func `what is older than TLS 1_2 is refused`(version: String) async throws {
            try await Lab.play("refused \(version)") { lab in
                let front = try await Front(lab)
                let seen = try await lab.run(
                    "openssl",
                    [
                        "s_client", "-connect", "127.0.0.1:\(front.edge.httpsPort)",
                        "-servername", Front.name, version, "-cipher", "ALL:@SECLEVEL=0",
                    ])
                #expect(seen.output.contains("alert protocol version"), "\(seen.output)")
            }
        }

        @Test(arguments: [["-tls1_2"], ["-tls1_3"], ["-tls1_3", "-groups", "P-256"]])
        func `current versions are served and sessions resumed`(arguments: [String]) async throws {
            try await Lab.play("served \(arguments)") { lab in
                let front = try await Front(lab)
                let session = lab.path("session")
                let request =
                    "GET /fixed HTTP/1.1\r\nHost: \(Front.name)\r\n"
                    + "Connection: close\r\n\r\n"
                let common =
                    [
                        "s_client", "-connect", "127.0.0.1:\(front.edge.httpsPort)",
                        "-servername", Front.name, "-CAfile", front.roots, "-ign_eof",
                    ] + arguments
                let first = try await lab.run(
                    "openssl", common + ["-sess_out", session], input: request)
                #expect(first.output.contains("hello, edge"), "\(first.output)")
                let second = try await lab.run(
                    "openssl", common + ["-sess_in", session], input: request)
                #expect(second.output.contains("Reused, "), "\(second.output)")
                #expect(second.output.contains("hello, edge"))
            }
        }

        @Test func `a ClientHello may come in any number of pieces`() async throws {
            try await Lab.play { lab in
                let front = try await Front(lab)
                let report = try await front.client.run(
                    "pieces", ["names": [.string(Front.name)]])
                #expect(report["status"] == 200, "\(report.text) \(lab.evidence)")
            }
        }

        /// Slow heads, slow bodies, slow readers: the mode, and where it hurts.
        private static let attacks: [(mode: [String], path: String)] = [
            (["-H", "-i", "2"], "/fixed"),
            (["-B", "-i", "2", "-s", "65536"], "/echo"),
            (["-X", "-w", "10", "-y", "20", "-n", "5", "-z", "32"], "/down?bytes=1000000"),
        ]

        @Test func `slowhttptest in three modes at once leaves the service available`()
            async throws
        {
            try await Lab.play { lab in
                let front = try await Front(lab) {
                    $0["limits"] = ["head_timeout": "3s", "body_timeout": "3s"]
                    // It sends no SNI: the default certificate is for such.
                    var certificates = $0["certificates"].array
                    certificates[0]["default"] = true
                    $0["certificates"] = .array(certificates)
                }
                // It finds the name in a hosts file of its own.
                let hosts = try lab.write("127.0.0.1 localhost \(Front.name)\n", to: "hosts")
                let command = "mount --bind \(hosts) /etc/hosts && exec slowhttptest \"$@\""
                let url = "https://\(Front.name):\(front.edge.httpsPort)"
                let running = try Self.attacks.map { attack in
                    try lab.start(
                        "unshare",
                        ["--mount", "sh", "-c", command, "sh"] + attack.mode
                            + ["-c", "300", "-r", "200", "-l", "10", "-u", url + attack.path])
                }
                var visits = 0
                while running.contains(where: \.isRunning) {
                    let visit = try await front.client.visit(Front.name)
                    #expect(visit.status == 200, "\(visit) \(lab.evidence)")
                    visits += 1
                }
                #expect(visits > 0)
                let endings = ["Hit test time limit", "No open connections left"]
                for attack in running {
                    #expect(
                        endings.contains { attack.output.contains($0) },
                        "\(attack.output.suffix(500))")
                }
                print("\(visits) visits were served beside slowhttptest")
            }
        }
    }
}
