// SPDX-License-Identifier: Apache-2.0

/// Debian's `pebble-challtestsrv` as the world's DNS: what a test says is what everyone sees.
package final class ChallengeTestServer: Sendable {
    package let port: UInt16
    /// Where it is told what names are, in HTTP.
    package let management: UInt16
    private let lab: Lab

    /// Starts a server that knows no name, and that answers http-01 challenges on a port when it is
    /// given one.
    package init(_ lab: Lab, http01: UInt16? = nil) async throws {
        self.lab = lab
        port = Ports.free()
        management = Ports.free()
        _ = try lab.start(
            "pebble-challtestsrv",
            [
                "-dns01", "127.0.0.1:\(port)", "-management", "127.0.0.1:\(management)",
                "-http01", http01.map { "127.0.0.1:\($0)" } ?? "", "-https01", "", "-tlsalpn01", "",
                "-defaultIPv6", "",
            ])
        try await eventually("pebble-challtestsrv listens") { [management] in
            Ports.isListening(management)
        }
        try await post("set-default-ipv4", [:])
    }

    /// Every name that is not known otherwise has this address.
    package func setAddressOfAll(_ address: String) async throws {
        try await post("set-default-ipv4", ["ip": .string(address)])
    }

    /// `name` has these addresses.
    package func setAddress(_ name: String, _ addresses: [String] = ["127.0.0.1"]) async throws {
        try await post("add-a", ["host": JSON(name), "addresses": JSON(addresses)])
    }

    /// Each name is an alias of `target`.
    package func setAlias(_ names: [String], of target: String) async throws {
        let aliases = names.map { name -> JSON in ["host": JSON(name), "target": JSON(target)] }
        try await lab.post(aliases.map(\.text), to: url("set-cname"))
    }

    package func clearAlias(_ name: String) async throws {
        try await post("clear-cname", ["host": JSON(name)])
    }

    /// Answers an http-01 challenge; needs the port given at the start.
    package func answer(token: String, with content: String) async throws {
        try await post("add-http01", ["token": JSON(token), "content": JSON(content)])
    }

    package func stopAnswering(token: String) async throws {
        try await post("del-http01", ["token": JSON(token)])
    }

    /// How many questions about `name` have come.
    package func questions(about name: String) async throws -> Int {
        let history = try await post("dns-request-history", ["host": JSON(name)])
        return try JSON(parsing: history).array.count
    }

    @discardableResult
    private func post(_ path: String, _ body: JSON) async throws -> String {
        let answer = try await lab.exchange("POST", url(path), body: body.text)
        guard answer.status == 200 else {
            throw ScenarioError(
                "pebble-challtestsrv: /\(path) \(body.text): \(answer.status) \(answer.body)")
        }
        return answer.body
    }

    private func url(_ path: String) -> String {
        "http://127.0.0.1:\(management)/\(path)"
    }
}
