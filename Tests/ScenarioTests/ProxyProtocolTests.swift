// SPDX-License-Identifier: Apache-2.0
import Foundation
import TestSupport
import Testing

extension Scenarios {
    /// A load balancer in front that passes connections on as they are, and says whose they are.
    @Suite(.serialized) struct ProxyProtocol {
        /// Where the visitor is, so that it is told apart from the balancer.
        private static let visitor = "127.0.0.9"

        private func front(_ lab: Lab) async throws -> Front {
            try await Front(lab) { configuration in
                configuration["listen"]["proxy_protocol"] = ["127.0.0.1/32"]
                configuration["log"] = ["access": true]
            }
        }

        /// Starts HAProxy before the edge; where it takes https, and where http.
        private func balance(
            _ front: Front, _ version: String
        ) async throws -> (https: UInt16, http: UInt16) {
            let ports = (https: Ports.free(), http: Ports.free())
            let file = try front.lab.write(
                """
                defaults
                  mode tcp
                  timeout connect 5s
                  timeout client 20s
                  timeout server 20s
                listen https
                  bind 127.0.0.1:\(ports.https)
                  server edge 127.0.0.1:\(front.edge.httpsPort) \(version) check check-send-proxy
                listen http
                  bind 127.0.0.1:\(ports.http)
                  server edge 127.0.0.1:\(front.edge.httpPort) \(version)

                """, to: "haproxy.cfg")
            _ = try front.lab.start("haproxy", ["-db", "-f", file])
            try await eventually("haproxy listens") {
                Ports.isListening(ports.https) && Ports.isListening(ports.http)
            }
            return ports
        }

        private func curl(
            _ front: Front, _ scheme: String, _ port: UInt16, _ arguments: [String]
        ) async throws -> (status: CInt, output: String) {
            try await front.lab.run(
                "curl",
                [
                    "-sS", "--cacert", front.roots, "--max-time", "20",
                    "--resolve", "\(Front.name):\(port):127.0.0.1",
                ] + arguments + ["\(scheme)://\(Front.name):\(port)/echo"])
        }

        @Test(arguments: ["send-proxy", "send-proxy-v2", "send-proxy-v2-ssl-cn"])
        func `the visitor before HAProxy is the client`(version: String) async throws {
            try await Lab.play("the visitor before HAProxy, \(version)") { lab in
                let front = try await front(lab)
                let ports = try await balance(front, version)
                let from = ["--interface", Self.visitor]
                for http in ["--http1.1", "--http2"] {
                    let echo = try await curl(front, "https", ports.https, from + [http])
                    #expect(
                        echo.output.contains("\"\(Self.visitor)\""), "\(echo) \(lab.evidence)")
                    #expect(!echo.output.contains("\"127.0.0.1\""), "\(echo)")
                }
                let redirect = try await curl(front, "http", ports.http, from + ["-i"])
                #expect(redirect.output.hasPrefix("HTTP/1.1 308"), "\(redirect)")
                try await eventually("the client is logged") {
                    front.edge.log.contains("\"client\":\"\(Self.visitor)\"")
                }
                // The balancer's own checks are no errors.
                #expect(!front.edge.log.contains("\"level\":\"warning\""), "\(front.edge.log)")
            }
        }

        @Test func `a listed peer is served with a header and not without one`() async throws {
            try await Lab.play { lab in
                let front = try await front(lab)
                let (https, http) = (front.edge.httpsPort, front.edge.httpPort)
                let with = try await curl(front, "https", https, ["--haproxy-protocol"])
                #expect(with.status == 0 && with.output.contains("\"127.0.0.1\""), "\(with)")
                let plain = try await curl(front, "http", http, ["--haproxy-protocol", "-i"])
                #expect(plain.output.hasPrefix("HTTP/1.1 308"), "\(plain)")
                for (scheme, port) in [("https", https), ("http", http)] {
                    let without = try await curl(front, scheme, port, [])
                    #expect(without.status != 0, "\(without)")
                }
                try await eventually("the log says so") {
                    front.edge.log.contains("does it send the PROXY protocol?")
                }
            }
        }

        @Test func `nobody else is believed, and everybody else is served`() async throws {
            try await Lab.play { lab in
                let front = try await front(lab)
                let (https, http) = (front.edge.httpsPort, front.edge.httpPort)
                let from = ["--interface", Self.visitor]
                let own = try await curl(front, "https", https, from)
                #expect(own.status == 0 && own.output.contains("\"\(Self.visitor)\""), "\(own)")
                let forged = try await curl(front, "https", https, from + ["--haproxy-protocol"])
                #expect(forged.status == 35, "\(forged)")
                let plain = try await curl(
                    front, "http", http, from + ["--haproxy-protocol", "-i"])
                #expect(plain.output.hasPrefix("HTTP/1.1 400"), "\(plain)")
            }
        }

        @Test func `who sends headers is changed by a reload`() async throws {
            try await Lab.play { lab in
                let front = try await Front(lab)
                let port = front.edge.httpsPort
                #expect(try await curl(front, "https", port, []).status == 0)
                var changed = try JSON(
                    parsing: String(
                        contentsOfFile: front.edge.configurationFile, encoding: .utf8))
                changed["listen"]["proxy_protocol"] = ["127.0.0.1"]
                try front.edge.write(changed)
                front.edge.reload()
                try await eventually("headers are taken") {
                    try await curl(front, "https", port, ["--haproxy-protocol"]).status == 0
                }
                #expect(try await curl(front, "https", port, []).status != 0)
            }
        }
    }
}
