// SPDX-License-Identifier: Apache-2.0
import TestSupport
import Testing

extension Front {
    /// Plays a script's table of rows against the edge and records each row that went wrong.
    func playRows(
        _ script: String, _ arguments: [String], atLeast count: Int,
        within deadline: Duration = .seconds(900)
    ) async throws {
        let python = try await Python.environment(lab) + "/python"
        let played = try await lab.run(
            python, ["-B", Repository.client(script)] + arguments, within: deadline)
        guard played.status == 0, let last = played.output.split(separator: "\n").last else {
            throw ScenarioError("\(script): \(played.output.suffix(3000))")
        }
        let report = try JSON(parsing: String(last))
        #expect(report["rows"].int! >= count)
        for row in report["wrong"].array {
            let claim = "\(row["claim"].string ?? "") [\(row["section"].string ?? "")]"
            Issue.record("\(claim): \(row["what"].text)")
        }
    }
}
