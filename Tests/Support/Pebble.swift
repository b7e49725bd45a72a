// SPDX-License-Identifier: Apache-2.0
import Foundation

/// Debian's `pebble`: a real ACME CA of its own, on free ports, that validates against ours.
package final class Pebble: Sendable {
    package struct Options: Sendable {
        /// Per cent of good nonces that it refuses.
        package var nonceRejection = 0
        /// The most seconds that it sleeps at random before validating; nil: not at all.
        package var sleep: Int?
        /// Seconds that a certificate is valid.
        package var validity = 90 * 86_400
        /// Per cent of orders for which it uses a valid authorization again.
        package var authorizationReuse = 0
        /// Roots beside the first, each with a chain of its own.
        package var alternateRoots = 0
        /// Keys as base64url by their identifiers; required when there is one.
        package var externalAccounts: [String: String] = [:]

        package init() {}
    }

    package let directory: String
    /// Where the ACME interface listens: a relay that also makes it sick, see `fallSick`.
    package let port: UInt16
    /// The CA's root certificate, which signs what customers' visitors see.
    package let roots: String
    /// The certificate that the CA's own HTTPS interface presents: for `trusted_roots`.
    package let interfaceRoots: String
    package let interfaceKey: String
    private let lab: Lab
    private let management: UInt16
    private let program: Program
    private let relay: Program
    private let orderFile: URL

    /// Starts a CA whose validations connect to the given ports and ask the given DNS server.
    package init(
        _ lab: Lab, httpPort: UInt16, tlsPort: UInt16, dns: UInt16, options: Options = Options(),
        port: UInt16 = Ports.free()
    ) async throws {
        let own = try await OpenSSL(lab).selfSigned("pebble", names: ["localhost", "127.0.0.1"])
        let (ownPort, management) = (Ports.free(), Ports.free())
        self.lab = lab
        self.management = management
        var configuration: JSON = [
            "listenAddress": "127.0.0.1:\(ownPort)",
            "managementListenAddress": "127.0.0.1:\(management)",
            "certificate": .string(own.certificate), "privateKey": .string(own.key),
            "httpPort": JSON(httpPort), "tlsPort": JSON(tlsPort), "ocspResponderURL": "",
            "certificateValidityPeriod": JSON(options.validity),
        ]
        configuration["externalAccountBindingRequired"] = .bool(!options.externalAccounts.isEmpty)
        configuration["externalAccountMACKeys"] = .object(
            options.externalAccounts.mapValues { .string($0) })
        let file = try lab.write(JSON.object(["pebble": configuration]).text, to: "pebble.json")

        var environment = [
            "PEBBLE_WFE_NONCEREJECT": "\(options.nonceRejection)",
            "PEBBLE_ALTERNATE_ROOTS": "\(options.alternateRoots)",
            "PEBBLE_AUTHZREUSE": "\(options.authorizationReuse)",
        ]
        if let sleep = options.sleep {
            environment["PEBBLE_VA_SLEEPTIME"] = "\(sleep)"
        } else {
            environment["PEBBLE_VA_NOSLEEP"] = "1"
        }
        orderFile = lab.directory.appendingPathComponent("relay-orders")
        relay = try lab.start(
            await Python.interpreter(lab),
            [
                "-B", Repository.client("relay.py"), "\(port)", "\(ownPort)", own.certificate,
                own.key, orderFile.path,
            ])
        program = try lab.start(
            "pebble", ["-config", file, "-dnsserver", "127.0.0.1:\(dns)", "-strict=false"],
            environment: environment)
        directory = "https://127.0.0.1:\(port)/dir"
        self.port = port
        interfaceRoots = own.certificate
        interfaceKey = own.key
        roots = lab.path("roots.pem")
        try await eventually("pebble listens") {
            Ports.isListening(port) && Ports.isListening(ownPort) && Ports.isListening(management)
        }
        try lab.write(try await manage("roots/0"), to: "roots.pem")
    }

    /// Whether Debian's packages are there.
    package static var isInstalled: Bool {
        ["pebble", "pebble-challtestsrv"].allSatisfy { Program.isInstalled($0) }
    }

    /// Reads from the management interface: "roots/1", "cert-status-by-serial/3a7f…".
    package func manage(_ path: String) async throws -> String {
        let answer = try await lab.run(
            "curl", ["-sSf", "--cacert", interfaceRoots, "https://127.0.0.1:\(management)/\(path)"])
        guard answer.status == 0 else { throw ScenarioError("pebble: /\(path): \(answer.output)") }
        return answer.output
    }

    package func stop() async {
        await relay.stop()
        await program.stop()
    }

    /// From now on paths with this prefix are answered badly, as `Clients/relay.py` knows it.
    package func fallSick(_ mode: String, at prefix: String) throws {
        try Data("\(mode) \(prefix)\n".utf8).write(to: orderFile)
    }

    /// The file that says so.
    package var sickness: String { orderFile.path }

    package func heal() throws { try FileManager.default.removeItem(at: orderFile) }

    package var log: String { program.output }

    /// Accounts that were created.
    package var accounts: Int { count("There are now ") { $0.contains("accounts in memory") } }
    /// Orders that were created.
    package var orders: Int { count("Added order ") { _ in true } }
    /// Certificates that were issued.
    package var issued: Int { count("Issued certificate serial ") { _ in true } }
    /// Requests of any kind.
    package var requests: Int { count("-> calling handler()") { _ in true } }

    private func count(_ phrase: String, where matches: (Substring) -> Bool) -> Int {
        log.split(separator: "\n").count { $0.contains(phrase) && matches($0) }
    }
}
