// SPDX-License-Identifier: Apache-2.0

/// Requests of the tests themselves, by Debian's curl.
///
/// Not by Foundation's `URLSession`: a request that is cancelled, or whose server dies, now and
/// then never ends there, and the test waits for ever.
extension Lab {
    /// Sends a request; the status and the body. Throws when there is no answer.
    ///
    /// - Parameter fields: `Name: value`.
    package func exchange(
        _ method: String, _ url: String, _ fields: [String] = [], body: String? = nil
    ) async throws -> (status: Int, body: String) {
        var arguments = ["-sS", "--noproxy", "*", "--max-time", "60", "--request", method]
        for field in fields { arguments += ["--header", field] }
        if let body { arguments += ["--data-raw", body] }
        let answer = try await run("curl", arguments + ["--write-out", "\n%{http_code}", url])
        guard answer.status == 0, let end = answer.output.lastIndex(of: "\n"),
            let status = Int(answer.output[end...].dropFirst())
        else { throw ScenarioError("\(method) \(url): \(answer.output)") }
        return (status, String(answer.output[..<end]))
    }

    /// Posts these bodies to one place, one after the other; all have to succeed.
    package func post(_ bodies: [String], to url: String) async throws {
        var rest = bodies[...]
        while !rest.isEmpty {
            let some = rest.prefix(Self.postsMax)
            rest = rest.dropFirst(some.count)
            let requests = some.map {
                ["-sSf", "--noproxy", "*", "--max-time", "60", "--data-raw", $0, url]
            }
            let answer = try await run(
                "curl", ["--fail-early"] + Array(requests.joined(separator: ["--next"])))
            guard answer.status == 0 else { throw ScenarioError("POST \(url): \(answer.output)") }
        }
    }

    /// So many requests of one curl: arguments have an end.
    private static var postsMax: Int { 200 }
}
