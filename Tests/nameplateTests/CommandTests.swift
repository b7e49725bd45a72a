// SPDX-License-Identifier: Apache-2.0
import Foundation
import TestSupport
import Testing

/// The built program, as a shell calls it.
@Suite struct CommandTests {
    private let binary = Repository.product("nameplate")

    private func run(
        _ lab: Lab, _ arguments: String...
    ) async throws -> (status: CInt, output: String) {
        try await lab.run(binary, arguments, within: .seconds(60))
    }

    private func configuration(_ lab: Lab, _ more: String = "") throws -> String {
        try lab.write(
            """
            { application_url: "http://127.0.0.1:9", cname_target: "edge.saas.test",
              listen: { https: ["127.0.0.1:\(Ports.free())"], http: ["127.0.0.1:\(Ports.free())"] },
              storage: { file: "\(lab.path("store"))" }, issuers: [{ internal: {} }],
              dns: { resolvers: ["127.0.0.1:9"] }, drain: "1s", \(more) }
            """, to: "edge-\(UUID().uuidString).json5")
    }

    @Test func `wrong usage ends with 2 and one sentence`() async throws {
        try await Lab.play { lab in
            #expect(try await run(lab).status == 2)
            let (status, output) = try await run(lab, "rnu")
            #expect(status == 2)
            #expect(
                output == "nameplate: there is no command \"rnu\"; did you mean \"run\"?; "
                    + "`nameplate help` shows what there is\n")
            #expect(try await run(lab, "diagnose", "not a name").status == 2)
        }
    }

    @Test func `help and version end with 0`() async throws {
        try await Lab.play { lab in
            #expect(try await run(lab, "help").output.contains("$ nameplate demo"))
            let version = try await run(lab, "version")
            #expect(version.status == 0)
            #expect(version.output.contains("Swift 6") && version.output.contains("OpenSSL 3"))
        }
    }

    @Test func `check says whether a configuration is valid`() async throws {
        try await Lab.play { lab in
            let good = try configuration(lab)
            #expect(try await run(lab, "check", "--config", good) == (0, "\(good) is valid\n"))
            let bad = try configuration(lab, "drian: 5, tls: { key: 7 }")
            let (status, output) = try await run(lab, "check", "--config", bad)
            #expect(status == 1)
            #expect(
                output == """
                    nameplate: \(bad):4: drian: there is no such key; did you mean "drain"?
                    nameplate: \(bad):4: tls.key: expected one of "ecdsa", "rsa", found 7

                    """)
        }
    }

    @Test func `run says in one sentence why it cannot`() async throws {
        try await Lab.play { lab in
            let missing = try await run(lab, "run", "--config", "/nonexistent.json5")
            #expect(missing.status == 1)
            #expect(
                missing.output
                    == "nameplate: /nonexistent.json5: cannot read the configuration: "
                    + "no such file\n")

            let file = try configuration(lab)
            let edge = try lab.start(binary, ["run", "--config", file])
            try await eventually("it serves") { edge.output.contains("\"serving\"") }
            let second = try await run(lab, "run", "--config", file)
            #expect(second.status == 1)
            #expect(second.output.contains("is in use by another nameplate, process \(edge.pid)"))

            let text = try String(contentsOfFile: file, encoding: .utf8)
            let elsewhere = try lab.write(
                text.replacingOccurrences(of: "/store", with: "/other"), to: "elsewhere.json5")
            let third = try await run(lab, "run", "--config", elsewhere)
            #expect(third.status == 1)
            #expect(
                third.output.hasPrefix("nameplate: cannot bind 127.0.0.1:")
                    && third.output.hasSuffix(
                        ": Address already in use; another program listens there\n")
            )
        }
    }

    @Test func `signals reload and end it, and a bad configuration changes nothing`() async throws {
        try await Lab.play { lab in
            let file = try configuration(lab)
            let good = try String(contentsOfFile: file, encoding: .utf8)
            let edge = try lab.start(binary, ["run", "--config", file])
            try await eventually("it serves") { edge.output.contains("\"serving\"") }

            try Data("{ oops".utf8).write(to: URL(fileURLWithPath: file))
            edge.send(SIGHUP)
            try await eventually("it says why not") {
                edge.output.contains("configuration not taken over")
                    && edge.output.contains("expected \\\":\\\" after \\\"oops\\\"")
            }
            try Data(good.utf8).write(to: URL(fileURLWithPath: file))
            edge.send(SIGHUP)
            try await eventually("it takes it") {
                edge.output.contains("configuration taken over")
            }
            edge.send(SIGTERM)
            #expect(try await edge.finished() == 0)
            #expect(edge.output.contains("\"draining\"") && edge.output.contains("\"ended\""))
        }
    }

    @Test func `the demo works, within thirty lines and without escape sequences`() async throws {
        try await Lab.play { lab in
            let (status, output) = try await run(lab, "demo", "--once")
            #expect(status == 0)
            let lines = output.split(separator: "\n", omittingEmptySubsequences: false)
            #expect(lines.count <= 31 && lines.allSatisfy { $0.count <= 100 }, "\(output)")
            #expect(!output.contains("\u{1B}"))
            for word in ["eligibility", "certificate", "stored", "First visit", "Next visit"] {
                #expect(output.contains(word), "\(word)")
            }
        }
    }

    @Test func `the demo ends with its files when it is interrupted`() async throws {
        try await Lab.play { lab in
            let folder = try lab.makeDirectory("temporary")
            let demo = try lab.start(binary, ["demo"], environment: ["TMPDIR": folder])
            try await eventually("it invites") { demo.output.contains("Ctrl-C") }
            #expect(demo.output.contains("curl --cacert \(folder)/nameplate-demo-"))
            demo.send(SIGINT)
            #expect(try await demo.finished() == 0)
            #expect(try FileManager.default.contentsOfDirectory(atPath: folder).isEmpty)
        }
    }
}
