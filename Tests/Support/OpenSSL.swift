// SPDX-License-Identifier: Apache-2.0
import Foundation

/// Debian's `openssl`, the second opinion on everything that our own TLS room says.
package struct OpenSSL: Sendable {
    let lab: Lab

    package init(_ lab: Lab) { self.lab = lab }

    /// A certificate and its key, as paths of PEM files.
    package struct Pair: Sendable {
        package let certificate: String
        package let key: String
    }

    /// A certificate for these names that nobody but itself vouches for.
    package func selfSigned(_ stem: String, names: [String]) async throws -> Pair {
        try await certificate(stem, names: names, ["-addext", "basicConstraints=CA:TRUE"])
    }

    /// A certification authority of the scenario's own.
    package func authority(_ stem: String = "authority") async throws -> Pair {
        let constraints = ["basicConstraints=critical,CA:TRUE", "keyUsage=critical,keyCertSign"]
        return try await certificate(stem, names: [stem], constraints.flatMap { ["-addext", $0] })
    }

    /// A certificate for these names that `authority` has signed.
    package func issued(_ stem: String, names: [String], by authority: Pair) async throws -> Pair {
        let constraints = [
            "basicConstraints=critical,CA:FALSE", "keyUsage=critical,digitalSignature",
            "extendedKeyUsage=serverAuth", "authorityKeyIdentifier=keyid",
        ]
        return try await certificate(
            stem, names: names,
            ["-CA", authority.certificate, "-CAkey", authority.key]
                + constraints.flatMap { ["-addext", $0] })
    }

    /// What `authority` signs for a certification request, as a CA that we know nothing of would: PEM.
    package func signed(_ request: String, by authority: Pair) async throws -> String {
        let asked = try lab.write(request, to: "request.pem")
        let made = try await lab.run(
            "openssl",
            [
                "x509", "-req", "-in", asked, "-CA", authority.certificate, "-CAkey",
                authority.key, "-copy_extensions", "copy", "-days", "30",
            ])
        guard made.status == 0, let start = made.output.range(of: "-----BEGIN CERTIFICATE") else {
            throw ScenarioError("openssl x509 -req: \(made.output)")
        }
        return String(made.output[start.lowerBound...])
    }

    private func certificate(
        _ stem: String, names: [String], _ arguments: [String]
    ) async throws -> Pair {
        let pair = Pair(
            certificate: lab.path("\(stem)-cert.pem"), key: lab.path("\(stem)-key.pem"))
        let alternatives = names.map { $0.first?.isNumber == true ? "IP:\($0)" : "DNS:\($0)" }
        // A configuration without extensions of its own: those of the caller are all there are.
        let configuration = try lab.write(
            "[req]\ndistinguished_name = name\n[name]\n", to: "openssl.cnf")
        let made = try await lab.run(
            "openssl",
            [
                "req", "-x509", "-config", configuration, "-newkey", "ec", "-pkeyopt",
                "ec_paramgen_curve:P-256", "-nodes", "-days", "30", "-subj", "/CN=\(names[0])",
                "-keyout", pair.key, "-out", pair.certificate, "-addext",
                "subjectAltName=" + alternatives.joined(separator: ","),
            ] + arguments)
        guard made.status == 0 else { throw ScenarioError("openssl req: \(made.output)") }
        return pair
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
        try await serial(at: "\(directory)/chain.pem")
    }

    /// That of a certificate in PEM.
    package func serial(of pem: String) async throws -> String {
        try await serial(at: try lab.write(pem, to: "shown-leaf.pem"))
    }

    private func serial(at file: String) async throws -> String {
        let shown = try await lab.run("openssl", ["x509", "-in", file, "-noout", "-serial"])
        guard shown.status == 0 else { throw ScenarioError("openssl x509: \(shown.output)") }
        let digits = shown.output.trimmingCharacters(in: .whitespacesAndNewlines).lowercased()
        return String(digits.dropFirst("serial=".count).drop { $0 == "0" })
    }
}
