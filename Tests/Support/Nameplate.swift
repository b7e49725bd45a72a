// SPDX-License-Identifier: Apache-2.0
import Foundation
import Glibc
import Synchronization

/// The product, as an operator runs it: the built binary, a configuration file, signals, its log.
package final class Nameplate: Sendable {
    package let httpsPort: UInt16
    package let httpPort: UInt16
    /// The root of the file store.
    package let store: String
    package let configurationFile: String
    private let lab: Lab
    private let running = Mutex<Program?>(nil)

    /// Chooses free ports, and writes nothing yet.
    package init(_ lab: Lab, _ stem: String = "nameplate") throws {
        self.lab = lab
        httpsPort = Ports.free()
        httpPort = Ports.free()
        store = try lab.makeDirectory("\(stem)-store")
        configurationFile = lab.path("\(stem).json5")
    }

    /// The members that every scenario's configuration has.
    package func configuration(
        application: String, target: String = "edge.saas.test", dns: UInt16
    ) -> JSON {
        [
            "application_url": .string(application),
            "cname_target": .string(target),
            "listen": [
                "https": ["127.0.0.1:\(httpsPort)"], "http": ["127.0.0.1:\(httpPort)"],
            ],
            "storage": ["file": .string(store)],
            "dns": ["resolvers": ["127.0.0.1:\(dns)"]],
        ]
    }

    /// An issuer entry for pebble.
    package static func issuer(
        _ pebble: Pebble, challenges: [String] = ["tls-alpn-01", "http-01"]
    ) -> JSON {
        [
            "acme": [
                "directory": .string(pebble.directory), "email": "ops@saas.test",
                "challenges": JSON(challenges), "trusted_roots": .string(pebble.interfaceRoots),
            ]
        ]
    }

    package func write(_ configuration: JSON) throws {
        try Data(configuration.text.utf8).write(to: URL(fileURLWithPath: configurationFile))
    }

    /// Writes the configuration, starts the edge and waits until it accepts connections wherever
    /// it is to listen.
    package func start(
        _ configuration: JSON, descriptors: Int? = nil, environment: [String: String] = [:]
    ) async throws {
        try write(configuration)
        try await start(descriptors: descriptors, environment: environment)
    }

    /// Starts the edge with the configuration that is there.
    package func start(descriptors: Int? = nil, environment: [String: String] = [:]) async throws {
        let arguments = ["run", "--config", configurationFile]
        let program =
            if let descriptors {
                try lab.start(
                    "prlimit", ["--nofile=\(descriptors)", Self.binary] + arguments,
                    environment: environment)
            } else {
                try lab.start(Self.binary, arguments, environment: environment)
            }
        running.withLock { $0 = program }
        let ports = try [httpsPort, httpPort] + managementPorts()
        try await eventually("nameplate listens") {
            guard program.isRunning else {
                throw ScenarioError("nameplate ended: \(program.output.suffix(3000))")
            }
            return ports.allSatisfy(Ports.isListening)
        }
    }

    /// The port of `management.listen`, when the configuration has one.
    private func managementPorts() throws -> [UInt16] {
        let text = try String(contentsOfFile: configurationFile, encoding: .utf8)
        let listen = try JSON(parsing: text)["management"]["listen"].string
        return (listen?.split(separator: ":").last.flatMap { UInt16($0) }).map { [$0] } ?? []
    }

    package var program: Program { running.withLock { $0! } }
    package var log: String { program.output }

    /// SIGKILL: what is left is what a crash leaves.
    package func crash() async { await program.crash() }

    /// SIGTERM: drain and end; the exit status.
    package func terminate(within deadline: Duration = .seconds(60)) async throws -> CInt {
        program.send(SIGTERM)
        return try await program.finished(within: deadline)
    }

    package func reload() { program.send(SIGHUP) }

    /// The folder of a stored domain.
    package func folder(of name: String) -> String { "\(store)/domains/\(name)" }

    /// The domains that have a folder in the store.
    package var stored: [String] {
        let names = try? FileManager.default.contentsOfDirectory(atPath: "\(store)/domains")
        return (names ?? []).filter { name in
            FileManager.default.fileExists(atPath: folder(of: name) + "/chain.pem")
        }
    }

    /// The edge as its visitors see it.
    package func client(roots: String?) -> Client {
        Client(lab, port: httpsPort, roots: roots)
    }

    /// Runs another command of the binary to its end.
    package static func run(
        _ lab: Lab, _ arguments: [String], within deadline: Duration = .seconds(60)
    ) async throws -> (status: CInt, output: String) {
        try await lab.run(binary, arguments, within: deadline)
    }

    /// The binary built with the tests, or the one that `NAMEPLATE_BINARY` names: a release build.
    package static var binary: String {
        ProcessInfo.processInfo.environment["NAMEPLATE_BINARY"] ?? Repository.product("nameplate")
    }
}
