// SPDX-License-Identifier: Apache-2.0
import TestSupport
import Testing

extension Scenarios {
    /// The origin hears nothing that two parsers could read in two ways: thousands of requests,
    /// each with another behind it, in front of an origin that records every byte.
    @Suite(.serialized) struct Confusion {
        @Test func `a strict parser takes all that the origin hears`() async throws {
            try await Lab.play { lab in
                let recorder = Ports.free()
                let front = try await Front(lab) {
                    $0["application_url"] = "http://127.0.0.1:\(recorder)"
                }
                let played = try await lab.run(
                    Python.interpreter(lab),
                    [
                        "-B", Repository.client("confusion.py"), "\(front.edge.httpsPort)",
                        "\(recorder)", front.roots,
                    ], within: .seconds(300))
                guard played.status == 0 else { throw ScenarioError(played.output) }
                let report = try JSON(parsing: played.output)
                #expect(report["rows"].int! > 4000)
                for row in report["wrong"].array {
                    let claim = "\(row["claim"].string ?? "") [\(row["section"].string ?? "")]"
                    Issue.record("\(claim): \(row["what"].text)")
                }
            }
        }
    }
}
