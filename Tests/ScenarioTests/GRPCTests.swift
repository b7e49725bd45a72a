// SPDX-License-Identifier: Apache-2.0
import Foundation
import TestSupport
import Testing

extension Scenarios {
    /// gRPC between its own client and server, with the edge between them.
    @Suite(.serialized) struct GRPC {
        @Test(arguments: ["h2c", "https"])
        func `every kind of call passes`(scheme: String) async throws {
            try await Lab.play("gRPC to \(scheme)") { lab in
                let port = Ports.free()
                let front = try await Front(lab, startsEdge: false)
                let python = try await Python.environment(lab) + "/python"
                var arguments = ["-B", Repository.client("grpc_calls.py"), "serve", "\(port)"]
                if scheme == "https" {
                    let pair = try await OpenSSL(lab).issued(
                        "origin", names: ["localhost"], by: front.authority)
                    arguments += [pair.certificate, pair.key]
                }
                let server = try lab.start(python, arguments)
                try await eventually("the server listens") { server.output.contains("listening") }
                let file = try String(contentsOfFile: front.edge.configurationFile, encoding: .utf8)
                var configuration = try JSON(parsing: file)
                let host = scheme == "https" ? "localhost" : "127.0.0.1"
                configuration["application_url"] = "\(scheme)://\(host):\(port)"
                if scheme == "https" {
                    configuration["origin"] = [
                        "http2": true, "trusted_roots": .string(front.roots),
                    ]
                }
                try await front.edge.start(configuration)
                try await front.playRows(
                    "grpc_calls.py", ["call", "\(front.edge.httpsPort)", front.roots, Front.name],
                    atLeast: 20)
            }
        }
    }
}
