// SPDX-License-Identifier: Apache-2.0

@testable import nameplate

/// A configuration with nothing but what is required.
func minimal(_ more: String) -> String {
    """
    { application_url: "http://127.0.0.1:9000", cname_target: "domains.saas.test",
    issuers: [{ internal: {} }],
    \(more) }
    """
}

func problems(_ text: String, environment: [String: String] = [:]) -> [String] {
    do throws(ConfigurationProblems) {
        _ = try Configuration.read(text: text, named: "edge.json5", environment: environment)
        return []
    } catch {
        return error.problems.map { $0.text(file: error.file) }
    }
}
