// SPDX-License-Identifier: Apache-2.0
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
