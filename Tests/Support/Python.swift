// SPDX-License-Identifier: Apache-2.0
import Foundation
import Synchronization

/// Python with the packages that scenarios take from PyPI, in an environment of its own.
package enum Python {
    /// sslyze judges TLS; dnslib writes any DNS answer, also those that no real server would; h2
    /// takes HTTP/2 apart into frames; websockets, wsproto and grpcio are what applications use;
    /// dnsimple is DNSimple's own client, in the last version for Python before 3.12; schemathesis tries an API by its description.
    private static let packages = [
        "sslyze", "dnslib", "h2", "websockets", "wsproto", "grpcio", "grpcio-health-checking",
        "dnsimple==2.15.0", "schemathesis==4.32.5",
    ]

    /// The interpreter itself, past the shims of version managers, which cost more than it does.
    package static func interpreter(_ lab: Lab) async throws -> String {
        if let known = known.withLock({ $0 }) { return known }
        let asked = try await lab.run("python3", ["-c", "import sys; print(sys.executable)"])
        let path = asked.output.trimmingCharacters(in: .whitespacesAndNewlines)
        known.withLock { $0 = path }
        return path
    }

    private static let known = Mutex<String?>(nil)

    /// The environment's folder of programs; made at the first call in a checkout, and again when
    /// other packages are wanted.
    package static func environment(_ lab: Lab) async throws -> String {
        let folder = Repository.build.appendingPathComponent("python").path
        let mark = "\(folder)/has-" + packages.joined(separator: "-")
        if FileManager.default.fileExists(atPath: mark) { return "\(folder)/bin" }
        let script =
            "python3 -m venv --clear \(folder) && \(folder)/bin/pip install --quiet "
            + packages.joined(separator: " ") + " && touch \(mark)"
        // Two test runs in one checkout wait for one another.
        let made = try await lab.run(
            "flock", ["\(folder).lock", "sh", "-c", "test -e \(mark) || { \(script); }"],
            within: .seconds(900))
        guard made.status == 0 else { throw ScenarioError("python environment: \(made.output)") }
        return "\(folder)/bin"
    }
}
