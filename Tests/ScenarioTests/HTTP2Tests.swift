// SPDX-License-Identifier: Apache-2.0
import Foundation
import TestSupport
import Testing

extension Scenarios {
    /// HTTP/2 as raw frames and as real clients speak it.
    @Suite(.serialized) struct HTTP2 {
        @Test func `a strict parser takes all that an origin of HTTP 1 hears`() async throws {
            try await Lab.play { lab in
                let recorder = Ports.free()
                let front = try await Front(lab) {
                    $0["application_url"] = "http://127.0.0.1:\(recorder)"
                }
                try await front.playRows(
                    "confusion2.py", ["\(front.edge.httpsPort)", "\(recorder)", front.roots],
                    atLeast: 1500)
            }
        }

        @Test func `an abuser is disconnected while its neighbour's requests go on`() async throws {
            try await Lab.play { lab in
                let front = try await Front(lab)
                try await front.playRows(
                    "http2_abuse.py", ["\(front.edge.httpsPort)", front.roots], atLeast: 20)
            }
        }

        @Test func `clients get what they may expect`() async throws {
            try await Lab.play { lab in
                let front = try await Front(lab)
                try await front.playRows(
                    "http2_manners.py",
                    [
                        "\(front.edge.httpsPort)", "\(front.origin.port)", front.roots,
                        "\(front.edge.program.pid)",
                    ], atLeast: 15)
            }
        }

        /// Streams that are under way, by `Clients/http2_lasting.py`.
        private func begin(_ kinds: [String], at front: Front) async throws -> Program {
            let python = try await Python.environment(front.lab) + "/python"
            let streams = try front.lab.start(
                python,
                [
                    "-B", Repository.client("http2_lasting.py"), "\(front.edge.httpsPort)",
                    front.roots,
                ] + kinds, takesInput: true)
            try await eventually("the streams have begun") {
                guard streams.isRunning else { throw ScenarioError(streams.output) }
                return streams.output.contains("begun")
            }
            return streams
        }

        private func report(of streams: Program) async throws -> JSON {
            try streams.closeInput()
            let status = try await streams.finished()
            guard status == 0, let last = streams.output.split(separator: "\n").last else {
                throw ScenarioError(streams.output)
            }
            return try JSON(parsing: String(last))
        }

        @Test func `a reload disturbs neither a WebSocket nor a stream`() async throws {
            try await Lab.play { lab in
                let front = try await Front(lab)
                let streams = try await begin(["slow", "websocket"], at: front)
                let second = try await Origin(lab)
                let text = try String(contentsOfFile: front.edge.configurationFile, encoding: .utf8)
                var configuration = try JSON(parsing: text)
                configuration["application_url"] = .string(second.url)
                try front.edge.write(configuration)
                front.edge.reload()
                try await eventually("the second origin is asked") {
                    _ = try await front.client.visit(Front.name)
                    return try await second.seen()["requests"].int! > 0
                }
                let report = try await report(of: streams)
                #expect(report["before"] == true && report["after"] == true, "\(report.text)")
                #expect(report["slow"] == JSON(Array(repeating: "whole 200", count: 5)))
                #expect(report["next"] == 200, "\(report.text)")
            }
        }

        @Test func `SIGTERM says GOAWAY and lets streams finish`() async throws {
            try await Lab.play { lab in
                let front = try await Front(lab)
                let streams = try await begin(["slow"], at: front)
                try await eventually("the requests have reached the origin") {
                    try await front.origin.seen()["requests"] == 5
                }
                #expect(try await front.edge.terminate() == 0, "\(lab.evidence)")
                let report = try await report(of: streams)
                #expect(report["goaway"] == "NO_ERROR" && report["closed"] == true)
                #expect(report["slow"] == JSON(Array(repeating: "whole 200", count: 5)))
            }
        }

        @Test func `h2load's thirty-two streams all get their answers`() async throws {
            try await Lab.play { lab in
                let front = try await Front(lab)
                let port = front.edge.httpsPort
                let answer = try await lab.run(
                    "h2load",
                    [
                        "--requests=2000", "--clients=2", "--max-concurrent-streams=32",
                        "--connect-to=127.0.0.1:\(port)", "https://\(Front.name):\(port)/fixed",
                    ])
                #expect(answer.output.contains("Application protocol: h2"), "\(answer)")
                #expect(answer.output.contains("2000 succeeded"), "\(answer)")
                #expect(answer.output.contains("status codes: 2000 2xx"), "\(answer)")
            }
        }

        @Test func `curl speaks it`() async throws {
            try await Lab.play { lab in
                let front = try await Front(lab)
                let file = try lab.write(String(repeating: "0123456789", count: 100_000), to: "b")
                let answer = try await front.curl(
                    "/echo",
                    ["--http2", "--data-binary", "@\(file)", "-w", " HTTP/%{http_version}"])
                #expect(answer.output.contains("\"length\": 1000000"), "\(answer)")
                #expect(answer.output.hasSuffix(" HTTP/2"), "\(answer)")
            }
        }
    }
}
