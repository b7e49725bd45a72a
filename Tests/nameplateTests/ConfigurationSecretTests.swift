// SPDX-License-Identifier: Apache-2.0
import Foundation
import Networking
import Proxy
import TLS
import Testing

@testable import nameplate

@Suite struct ConfigurationSecretTests {
    private static func client(_ secret: String) -> String {
        minimal(
            "management: { listen: \"127.0.0.1:1\", "
                + "clients: [{ application_id: \"a\", client_secret: \(secret) }] }")
    }

    private func secret(_ text: String, _ environment: [String: String] = [:]) throws -> Secret? {
        try Configuration.read(
            text: Self.client(text), named: "x", environment: environment
        ).management?.clients.first.flatMap {
            if case .text(let secret) = $0.secret { secret } else { nil }
        }
    }

    @Test func `a secret is a text, a variable or a file`() throws {
        let file = FileManager.default.temporaryDirectory
            .appendingPathComponent(UUID().uuidString).path
        try Data("from a file\n".utf8).write(to: URL(fileURLWithPath: file))
        defer { try? FileManager.default.removeItem(atPath: file) }
        #expect(try secret("\"plain\"")?.text == "plain")
        #expect(try secret("{ env: \"S\" }", ["S": "from outside"])?.text == "from outside")
        #expect(try secret("{ file: \"\(file)\" }")?.text == "from a file")
    }

    @Test func `a secret is never printed`() throws {
        let secret = try #require(try secret("\"s3cr3t\""))
        var dumped = ""
        dump(secret, to: &dumped)
        #expect(!"\(secret) \(String(reflecting: secret)) \(dumped)".contains("s3cr3t"))
        let configuration = try Configuration.read(
            text: Self.client("\"s3cr3t\""), named: "x", environment: [:])
        dumped = ""
        dump(configuration.management, to: &dumped)
        #expect(!dumped.contains("s3cr3t"))
    }

    @Test(arguments: ["12345", "[\"s3cr3t\"]", "{ env: \"S\", file: \"s3cr3t\" }"])
    func `a mistake about a secret does not repeat it`(text: String) {
        let found = problems(Self.client(text))
        #expect(found.count == 1)
        #expect(found.allSatisfy { !$0.contains("s3cr3t") && !$0.contains("12345") })
    }

    @Test func `an unset variable is named`() {
        #expect(
            problems(Self.client("{ env: \"NOBODY\" }"))
                == [
                    "x:3: management.clients[0].client_secret.env: expected the environment variable "
                        + "NOBODY to be set, found it empty"
                ].map { $0.replacingOccurrences(of: "x:", with: "edge.json5:") })
    }
}
