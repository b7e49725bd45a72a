// SPDX-License-Identifier: Apache-2.0
import Foundation

/// Debian's `openssl`, the second opinion on everything that our own TLS room says.
package struct OpenSSL: Sendable {
    let lab: Lab

    package init(_ lab: Lab) { self.lab = lab }

    /// A self-signed certificate for these names; the paths of `<stem>-cert.pem`, `<stem>-key.pem`.
    package func selfSigned(
        _ stem: String, names: [String], days: Int = 30
    ) async throws -> (certificate: String, key: String) {
        let paths = (certificate: lab.path("\(stem)-cert.pem"), key: lab.path("\(stem)-key.pem"))
        let alternatives = names.map { $0.first?.isNumber == true ? "IP:\($0)" : "DNS:\($0)" }
        let made = try await lab.run(
            "openssl",
            [
                "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes",
                "-days", "\(days)", "-subj", "/CN=\(names[0])", "-keyout", paths.key, "-out",
                paths.certificate, "-addext",
                "subjectAltName=" + alternatives.joined(separator: ","),
            ])
        guard made.status == 0 else { throw ScenarioError("openssl req: \(made.output)") }
        return paths
    }

    /// Whether a folder holds a readable chain and the key that belongs to its leaf.
    package func isWholePair(_ directory: String) async throws -> Bool {
        let leaf = try await lab.run(
            "openssl", ["x509", "-in", "\(directory)/chain.pem", "-noout", "-pubkey"])
        let key = try await lab.run("openssl", ["pkey", "-in", "\(directory)/key.pem", "-pubout"])
        return leaf.status == 0 && key.status == 0 && leaf.output == key.output
    }

    /// A stored leaf's serial number in lower-case hexadecimal without leading zeroes.
    package func serial(_ directory: String) async throws -> String {
        let shown = try await lab.run(
            "openssl", ["x509", "-in", "\(directory)/chain.pem", "-noout", "-serial"])
        guard shown.status == 0 else { throw ScenarioError("openssl x509: \(shown.output)") }
        let digits = shown.output.trimmingCharacters(in: .whitespacesAndNewlines).lowercased()
        return String(digits.dropFirst("serial=".count).drop { $0 == "0" })
    }
}
