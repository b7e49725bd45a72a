// SPDX-License-Identifier: Apache-2.0
import Foundation
import Synchronization
import TestSupport

/// The calls that five providers' pages show: `Clients/dialect-lines.txt`.
enum DialectLines {
    /// The text of each call by its name, such as `entri GET /ssl`.
    static let all: [String: String] = {
        let path = Repository.client("dialect-lines.txt")
        let text = (try? String(contentsOfFile: path, encoding: .utf8)) ?? ""
        var calls: [String: String] = [:]
        for part in text.components(separatedBy: "\n=== ").dropFirst() {
            let lines = part.split(separator: "\n", maxSplits: 1)
            guard lines.count == 2 else { continue }
            calls[String(lines[0])] = String(lines[1])
        }
        return calls
    }()
}

/// A management listener as real curl sees it.
struct DialectShell: Sendable {
    let lab: Lab
    let port: UInt16
    private let ledger = Ledger()

    private final class Ledger: Sendable {
        let sent = Mutex<Set<String>>([])
    }

    /// The lines of the table that were sent through this shell.
    var sent: Set<String> { ledger.sent.withLock { $0 } }

    static let client = "app-1"
    static let secret = "s3cret-of-app-1"
    /// Sees the same account, and may take private keys away.
    static let keysClient = "app-keys"
    static let keysSecret = "s3cret-of-app-keys"
    static let plan = "3f7830c3-3fa4-404d-908f-35daaa1cd17b"

    var base: String { "http://127.0.0.1:\(port)" }

    init(_ lab: Lab, port: UInt16) throws {
        self.lab = lab
        self.port = port
        // The status goes to the other stream, so that a line may pipe its answer on.
        try lab.write(
            "silent\nmax-time = 30\nwrite-out = \"%{stderr}status %{http_code} %{content_type}\\n\"\n",
            to: ".curlrc")
    }

    /// The `management` of a configuration.
    static func configuration(_ port: UInt16) -> JSON {
        [
            "listen": .string("127.0.0.1:\(port)"),
            "clients": [
                ["application_id": .string(client), "client_secret": .string(secret)],
                [
                    "application_id": .string(keysClient), "client_secret": .string(keysSecret),
                    "scopes": ["read", "write", "keys"],
                ],
            ],
            "plans": [["id": .string(plan), "name": "Edge DV"]],
            "products": ["SSL123", "QUICKSSL_PREMIUM"],
            "webhooks": ["allow": ["127.0.0.0/8"]],
        ]
    }

    struct Answer: Sendable {
        let status: Int
        let type: String
        let text: String

        var json: JSON { (try? JSON(parsing: text)) ?? .null }
    }

    /// Runs a line of shell with everything in `values` put in, and says what curl was answered.
    func run(_ line: String, _ values: [(String, String)] = []) async throws -> Answer {
        var line = line
        for (name, value) in values { line = line.replacingOccurrences(of: name, with: value) }
        let script = "python() { python3 \"$@\"; }\n\(line)\n"
        let said = try await lab.run(
            "sh", ["-c", script], environment: ["CURL_HOME": lab.directory.path])
        var (status, type, rest) = (0, "", [Substring]())
        for text in said.output.split(separator: "\n", omittingEmptySubsequences: false) {
            guard let range = text.range(of: "status [0-9]{3} ?", options: .regularExpression)
            else {
                rest.append(text)
                continue
            }
            status = Int(text[range].dropFirst(7).prefix(3)) ?? 0
            type = String(text[range.upperBound...])
            rest.append(text[..<range.lowerBound])
        }
        guard status != 0 else { throw ScenarioError("\(line): \(said)") }
        return Answer(status: status, type: type, text: rest.joined(separator: "\n"))
    }

    /// The text of one of the pages' calls, which the caller is about to send.
    func text(_ name: String) throws -> String {
        guard let text = DialectLines.all[name] else {
            throw ScenarioError("there is no line \(name)")
        }
        ledger.sent.withLock { _ = $0.insert(name) }
        return text
    }

    /// One of the pages' calls, as it is written.
    func send(_ name: String, _ values: [(String, String)] = []) async throws -> Answer {
        let text = try text(name)
        // Entri's page breaks lines where a shell would end the command.
        let line = name.hasPrefix("entri") ? text.replacingOccurrences(of: "\n", with: " ") : text
        return try await run(line, values + credentials)
    }

    /// A call of our own.
    func call(
        _ method: String, _ path: String, _ body: String? = nil, _ fields: [String] = []
    ) async throws -> Answer {
        let data = try body.map { " --data @\(try lab.write($0, to: "body"))" } ?? ""
        let given = fields.map { " -H '\($0)'" }.joined()
        return try await run("curl -X \(method) \(base)\(path)\(given)\(data)")
    }

    private var credentials: [(String, String)] {
        [
            ("https://api.goentri.com", base), ("[yourClientSecret]", Self.secret),
            ("https://cert-manager.cqloud.com", base), ("https://media-sites.cqloud.com", base),
            ("[apiKey]", Self.secret),
            ("[yourApplicationID]", Self.client), ("{{api_base_url}}", base),
            ("{{api_username}}", Self.client), ("{{api_key}}", Self.secret),
        ]
    }
}
