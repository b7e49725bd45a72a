// SPDX-License-Identifier: Apache-2.0

/// The edge in front of an application with an operator's own certificates: no CA and no DNS.
package struct Front: Sendable {
    package let lab: Lab
    package let origin: Origin
    package let edge: Nameplate
    /// Trusts the operator's certificates.
    package let client: Client
    package let roots: String
    /// Who signed the operator's certificates.
    package let authority: OpenSSL.Pair

    /// The names of one certificate.
    package static let names = ["app.customer.test", "also.customer.test"]
    package static let name = names[0]
    /// A name with a certificate of its own.
    package static let otherName = "other.customer.test"

    /// Starts an origin and the edge, with a configuration that the scenario may alter.
    package init(
        _ lab: Lab, startsEdge: Bool = true, _ alter: (inout JSON) -> Void = { _ in }
    ) async throws {
        self.lab = lab
        origin = try await Origin(lab)
        edge = try Nameplate(lab)
        let openssl = OpenSSL(lab)
        authority = try await openssl.authority()
        let first = try await openssl.issued("first", names: Self.names, by: authority)
        let second = try await openssl.issued("second", names: [Self.otherName], by: authority)
        roots = authority.certificate
        client = edge.client(roots: roots)
        var configuration = edge.configuration(application: origin.url, dns: Ports.free())
        configuration["certificates"] = [
            ["chain": .string(first.certificate), "key": .string(first.key)],
            ["chain": .string(second.certificate), "key": .string(second.key)],
        ]
        configuration["on_demand"] = ["enabled": false]
        alter(&configuration)
        try edge.write(configuration)
        if startsEdge { try await edge.start() }
    }

    /// Runs curl against the edge as a visitor of `name`; standard output and error together.
    package func curl(
        _ path: String, name: String = Self.name, _ arguments: [String] = [],
        within deadline: Duration = .seconds(620)
    ) async throws -> (status: CInt, output: String) {
        let port = edge.httpsPort
        return try await lab.run(
            "curl",
            [
                "-sS", "--http1.1", "--cacert", roots, "--resolve", "\(name):\(port):127.0.0.1",
                "--max-time", "600",
            ] + arguments + ["https://\(name):\(port)\(path)"], within: deadline)
    }
}
