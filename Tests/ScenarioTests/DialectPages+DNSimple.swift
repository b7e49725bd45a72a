// SPDX-License-Identifier: Apache-2.0
import Foundation
import TestSupport
import Testing

extension Scenarios.DialectPages {
    /// The tutorial's calls, one by one, by DNSimple's own client: its adapter only passes them on.
    func dnsimple(_ stage: Stage) async throws {
        let (shell, domain) = (stage.shell, "bingo.pizza.test")
        try await stage.dns.setAlias([domain, "www.\(domain)"], of: World.target)
        let registered = try await shell.call(
            "POST", "/v2/1010/domains", #"{"name":"\#(domain)"}"#,
            ["Authorization: Bearer \(DialectShell.secret)"])
        #expect(registered.status == 201, "\(registered)")
        #expect(try await line("webhooks", ["1010"], shell) == [])
        let order = try await line("purchase", ["1010", domain, "www"], shell)
        #expect(order["state"].string == "new", "\(order)")
        let id = "\(order["certificate_id"].int ?? 0)"
        let begun = try await line("issue", ["1010", domain, id], shell)
        #expect(begun["state"].string == "requesting", "\(begun)")
        let path = "/v2/1010/domains/\(domain)/certificates/\(id)"
        try await eventually("it is issued") {
            try await shell.call(
                "GET", path, nil, ["Authorization: Bearer \(DialectShell.secret)"]
            ).json["data"]["state"].string == "issued"
        }
        let files = try await line("download", ["1010", domain, id], shell)
        #expect(files["server"].string?.hasPrefix("-----BEGIN CERTIFICATE-----") == true)
        let key = try await line(
            "private_key", ["1010", domain, id], shell, token: DialectShell.keysSecret)
        #expect(key["private_key"].string?.contains("PRIVATE KEY-----") == true)
    }

    /// `App::DnsimpleAdapter.download_certificate(`
    private func line(
        _ name: String, _ arguments: [String], _ shell: DialectShell,
        token: String = DialectShell.secret
    ) async throws -> JSON {
        let written = try shell.text("dnsimple \(name)").split(separator: "\n").first ?? ""
        let method = written.split(separator: ".").last?.prefix { $0 != "(" } ?? ""
        let said = try await shell.lab.run(
            Python.environment(shell.lab) + "/python3",
            [
                "-B", "-W", "ignore", Repository.client("dnsimple_line.py"), "\(shell.base)/",
                token, String(method),
            ] + arguments)
        guard said.status == 0, let answer = said.output.split(separator: "\n").last else {
            throw ScenarioError("\(written): \(said)")
        }
        return try JSON(parsing: String(answer))
    }
}
