// SPDX-License-Identifier: Apache-2.0

/// The application behind the proxy: `Clients/origin.py`.
package final class Origin: Sendable {
    package let port: UInt16
    package var url: String { "http://127.0.0.1:\(port)" }
    private let lab: Lab
    private let program: Program

    /// - Parameter closeAfter: requests that a connection serves; 0: without end.
    package init(_ lab: Lab, port: UInt16 = Ports.free(), closeAfter: Int = 0) async throws {
        self.lab = lab
        self.port = port
        let script = Repository.client("origin.py")
        let program = try lab.start(
            await Python.interpreter(lab),
            ["-B", script, "\(port)", "--close-after", "\(closeAfter)"])
        // A predecessor may still listen at the same port.
        try await eventually("the origin listens") { program.output.contains("listening") }
        self.program = program
    }

    package func stop() async { await program.stop() }
    package func crash() async { await program.crash() }

    /// What the origin has seen: `requests`, `connections`, `targets`, `sent`, `finished`.
    package func seen(_ command: String = "seen") async throws -> JSON {
        try JSON(parsing: await lab.exchange("GET", "\(url)/control/\(command)").body)
    }

    /// Forgets what it has seen.
    package func reset() async throws { _ = try await seen("reset") }
}
