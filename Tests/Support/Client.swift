// SPDX-License-Identifier: Apache-2.0
import Foundation

/// The real TLS clients of `Clients/client.py`, which see the edge as a customer's visitors do.
package struct Client: Sendable {
    private let lab: Lab
    private let defaults: JSON

    /// Clients of the listener at `port` that trust `roots` (nil: whatever is presented).
    package init(_ lab: Lab, port: UInt16, roots: String?) {
        self.lab = lab
        defaults = ["port": JSON(port), "ca": roots.map { .string($0) } ?? .null]
    }

    /// What became of one visit.
    package struct Visit: Sendable {
        package let name: String
        package let status: Int?
        package let body: String?
        /// The alert that ended the handshake, in RFC 8446's words: "unrecognized_name".
        package let alert: String?
        package let error: String?
        package let serial: String?
        /// Milliseconds from connecting to the first byte of the answer. For printing only.
        package let firstByte: Double?
        package let fields: [String: JSON]
    }

    /// Visits every name once, all at the same time unless told otherwise.
    package func visit(
        _ names: [String], path: String = "/fixed", host: String? = nil, parallel: Int? = nil,
        within deadline: Duration = .seconds(120)
    ) async throws -> [Visit] {
        var specification: JSON = [
            "names": JSON(names), "path": .string(path),
            "timeout": JSON(Int(deadline.components.seconds)),
        ]
        if let host { specification["host"] = .string(host) }
        if let parallel { specification["parallel"] = JSON(parallel) }
        let report = try await run("visit", specification, within: deadline + .seconds(30))
        return report["visits"].array.map {
            Visit(
                name: $0["name"].string ?? "", status: $0["status"].int, body: $0["body"].string,
                alert: $0["alert"].string, error: $0["error"].string, serial: $0["serial"].string,
                firstByte: $0["first_byte"].double, fields: $0["fields"].object)
        }
    }

    package func visit(
        _ name: String, path: String = "/fixed", host: String? = nil
    ) async throws
        -> Visit
    {
        try await visit([name], path: path, host: host)[0]
    }

    /// Sends raw messages, each on a connection of its own; what came back, and whether the server
    /// closed.
    package func send(
        raw messages: [[UInt8]], name: String?, tls: Bool = true, parallel: Int = 1, wait: Int = 5
    ) async throws -> [(text: String, closed: Bool, alert: String?)] {
        let encoded = messages.map { JSON.string(Data($0).base64EncodedString()) }
        let report = try await run(
            "raw",
            [
                "messages": .array(encoded), "name": name.map { .string($0) } ?? .null,
                "tls": .bool(tls), "parallel": JSON(parallel), "wait": JSON(wait),
            ], within: .seconds(120))
        return report["answers"].array.map { answer in
            let bytes = Data(base64Encoded: answer["bytes"].string ?? "") ?? Data()
            return (
                String(decoding: bytes, as: UTF8.self), answer["closed"] == .bool(true),
                answer["alert"].string
            )
        }
    }

    /// Runs a command of `client.py` to its end and returns its report.
    package func run(
        _ command: String, _ specification: JSON, within deadline: Duration = .seconds(180)
    ) async throws -> JSON {
        try await start(command, specification).report(within: deadline)
    }

    /// Starts a command that goes on until `Loop.report` ends it.
    package func start(_ command: String, _ specification: JSON) async throws -> Loop {
        let whole = JSON.object(defaults.object.merging(specification.object) { $1 })
        let script = Repository.client("client.py")
        let program = try lab.start(
            await Python.interpreter(lab), ["-B", script, command], takesInput: true)
        try program.write(whole.text + "\n")
        return Loop(program: program)
    }

    /// Clients at work.
    package struct Loop: Sendable {
        package let program: Program

        /// Ends the loop and says what came of it.
        package func report(within deadline: Duration = .seconds(300)) async throws -> JSON {
            try program.closeInput()
            let status = try await program.finished(within: deadline)
            let line = program.output.split(separator: "\n").last
            guard status == 0, let line else {
                throw ScenarioError("client.py: \(status): \(program.output.suffix(2000))")
            }
            return try JSON(parsing: String(line))
        }
    }
}
