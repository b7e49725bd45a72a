// SPDX-License-Identifier: Apache-2.0
import Foundation
import TestSupport
import Testing

extension Scenarios {
    /// The management's own listener, as an operator sets it up and changes it.
    @Suite(.serialized) struct ManagementListener {
        private static let name = "api.saas.test"

        /// An edge with a CA of its own, no origin and no DNS.
        private static func configuration(
            of edge: Nameplate, _ management: JSON
        ) -> JSON {
            var configuration = edge.configuration(
                application: "http://127.0.0.1:1", dns: Ports.free())
            configuration["issuers"] = [["internal": [:]]]
            configuration["drain"] = "2s"
            configuration["management"] = management
            return configuration
        }

        private static func client(_ id: String, _ scopes: [String]) -> JSON {
            [
                "application_id": .string(id), "client_secret": .string("\(id)-secret"),
                "scopes": JSON(scopes),
            ]
        }

        @Test func `with a certificate it speaks TLS to real clients, and takes up another one`()
            async throws
        {
            try await Lab.play { lab in
                let openssl = OpenSSL(lab)
                let root = try await openssl.authority()
                let pair = try await openssl.issued("api", names: [Self.name], by: root)
                let edge = try Nameplate(lab)
                let port = Ports.free()
                var management = ManagementClient.configuration(port: port)
                management["tls"] = [
                    "chain": .string(pair.certificate), "key": .string(pair.key),
                ]
                try await edge.start(Self.configuration(of: edge, management))

                let place = "\(Self.name):\(port)"
                func curl(_ words: String..., scheme: String = "https") async throws -> String {
                    let common = [
                        "-sS", "--cacert", root.certificate, "--resolve", "\(place):127.0.0.1",
                        "--max-time", "30", "-w", " %{http_code} HTTP/%{http_version}",
                        "-u", "app:app-secret",
                    ]
                    return try await lab.run(
                        "curl", common + words + ["\(scheme)://\(place)/edge/v1/account"]
                    ).output
                }
                for words in [["--http1.1"], ["--http2"], ["--no-alpn"], ["--tls-max", "1.2"]] {
                    let answer = try await curl(words[0], words.last ?? "")
                    #expect(answer.hasSuffix(" 200 HTTP/1.1"), "\(words): \(answer)")
                    #expect(answer.contains("\"application_id\":\"app\""), "\(answer)")
                }
                let plain = try await curl("--http1.1", scheme: "http")
                #expect(plain == "This port speaks HTTPS.\n 400 HTTP/1.1")
                let offers = [
                    ("http/1.1", "ALPN protocol: http/1.1"), ("h2", "no application protocol"),
                ]
                for (offer, said) in offers {
                    let hello = try await lab.run(
                        "openssl",
                        ["s_client", "-connect", "127.0.0.1:\(port)", "-alpn", offer], input: "")
                    #expect(hello.output.contains(said), "\(hello.output)")
                }
                let listed = try await Nameplate.run(
                    lab,
                    [
                        "domains", "list", "--config", edge.configurationFile,
                        "--trusted-roots", root.certificate,
                    ])
                #expect(listed.status == 0, "\(listed.output)")

                // Another pair in the same files.
                let visitors = Client(lab, port: port, roots: root.certificate)
                let before = try await visitors.visit(Self.name, path: "/edge/v1/problems")
                #expect(before.status == 200)
                let other = try await openssl.issued("other", names: [Self.name], by: root)
                _ = try await lab.run("cp", [other.certificate, pair.certificate])
                edge.reload()
                try await eventually("the wrong key is named") {
                    edge.log.contains("management.tls.key: expected the key of the first")
                }
                let checked = try await Nameplate.run(
                    lab, ["check", "--config", edge.configurationFile])
                #expect(checked.status == 1)
                #expect(
                    checked.output.contains(
                        "management.tls.key: expected the key of the first certificate in \""),
                    "\(checked.output)")
                #expect(checked.output.contains("found another key"))
                let during = try await visitors.visit(Self.name, path: "/edge/v1/problems")
                #expect(during.serial == before.serial)
                _ = try await lab.run("cp", [other.key, pair.key])
                edge.reload()
                try await eventually("the new certificate is shown") {
                    let visit = try await visitors.visit(Self.name, path: "/edge/v1/problems")
                    return visit.status == 200 && visit.serial != before.serial
                }
                management["tls"] = .null
                try edge.write(Self.configuration(of: edge, management))
                edge.reload()
                try await eventually("the log says that TLS stays until a restart") {
                    edge.log.contains(#""key":"management.tls""#)
                }
                #expect(try await curl("--http1.1").hasSuffix(" 200 HTTP/1.1"))
            }
        }

        @Test func `who may call it, and for what, is as the last configuration says, at once`()
            async throws
        {
            try await Lab.play { lab in
                let edge = try Nameplate(lab)
                let (port, otherPort) = (Ports.free(), Ports.free())
                var management: JSON = [
                    "listen": "127.0.0.1:\(port)",
                    "clients": [
                        Self.client("app", ["read", "write"]),
                        Self.client("leaving", ["read", "write"]),
                        Self.client("curbed", ["read", "write"]),
                    ],
                    "webhooks": ["allow": ["127.0.0.0/8"]],
                ]
                try await edge.start(Self.configuration(of: edge, management))
                func status(
                    _ id: String, _ path: String = "/account", post body: JSON? = nil
                ) async throws -> String {
                    try await Self.status(
                        lab, port, path, post: body, ["-u", "\(id):\(id)-secret"])
                }
                func status(token: String) async throws -> String {
                    try await Self.status(
                        lab, port, "/account", ["-H", "Authorization: Bearer \(token)"])
                }
                func reload(_ changed: JSON, until sign: String, times: Int) async throws {
                    try edge.write(Self.configuration(of: edge, changed))
                    edge.reload()
                    try await eventually("the log says \(sign)") {
                        edge.log.split(separator: sign).count > times
                    }
                }

                // Before: all of them may, and one has a token and waits for events.
                let token = try await Self.token(lab, port, of: "leaving")
                #expect(try await status(token: token) == "200")
                let hook: JSON = ["url": "http://127.0.0.1:1/hook"]
                #expect(try await status("app", "/webhooks", post: hook) == "201")
                #expect(
                    try await status("curbed", "/domains", post: ["name": "a.test"]) == "201")
                #expect(try await status("new") == "401")
                let follower = try lab.start(
                    Nameplate.binary,
                    ["events", "list", "--follow", "--url", "http://127.0.0.1:\(port)"],
                    environment: ["NAMEPLATE_TOKEN": "leaving-secret"])
                try await eventually("it follows") { follower.output.contains("a.test") }

                management["clients"] = [
                    Self.client("app", ["read", "write"]), Self.client("curbed", ["read"]),
                    Self.client("new", ["read", "write"]),
                ]
                management["webhooks"] = ["allow": []]
                management["listen"] = "127.0.0.1:\(otherPort)"
                let done = "configuration taken over"
                try await reload(management, until: done, times: 1)
                #expect(try await status("leaving") == "401")
                #expect(try await status(token: token) == "401")
                #expect(try await status("new", "/domains", post: ["name": "b.test"]) == "201")
                #expect(try await status("curbed") == "200")
                #expect(
                    try await status("curbed", "/domains", post: ["name": "c.test"]) == "403")
                #expect(try await status("app", "/webhooks", post: hook) == "422")
                #expect(try await follower.finished() == 1)
                #expect(!follower.output.contains("b.test"), "\(follower.output)")
                #expect(edge.log.contains(#""key":"management.listen""#), "\(edge.log)")
                #expect(!Ports.isListening(otherPort))

                // A client that comes back with another secret: its token is the old one's.
                management["clients"] = [
                    Self.client("app", ["read", "write"]),
                    ["application_id": "leaving", "client_secret": "another"],
                ]
                try await reload(management, until: done, times: 2)
                #expect(try await status(token: token) == "401")
                #expect(try await status("leaving") == "401")
                #expect(try await status(token: "another") == "200")

                // None: nobody is let in, and nobody listens; until a restart, whatever comes.
                try await reload(.null, until: "the management API is closed", times: 1)
                try await eventually("nobody listens") { !Ports.isListening(port) }
                try await reload(management, until: #""key":"management""#, times: 1)
                #expect(!Ports.isListening(port) && !Ports.isListening(otherPort))
                #expect(try await edge.terminate() == 0, "\(edge.log)")
                try await edge.start()
                let moved = ManagementClient(lab, port: otherPort)
                #expect(try await moved.send("GET", "/domains").body["data"].array.count == 2)
            }
        }

        /// What `/token` gives a client.
        private static func token(_ lab: Lab, _ port: UInt16, of id: String) async throws -> String
        {
            let body: JSON = ["applicationId": .string(id), "secret": .string("\(id)-secret")]
            let answer = try await lab.run(
                "curl",
                [
                    "-sS", "-H", "Content-Type: application/json", "-d", body.text,
                    "http://127.0.0.1:\(port)/token",
                ]
            ).output
            return try #require(try JSON(parsing: answer)["auth_token"].string, "\(answer)")
        }

        /// How a call is answered; 000: not at all.
        private static func status(
            _ lab: Lab, _ port: UInt16, _ path: String, post body: JSON? = nil,
            _ credentials: [String]
        ) async throws -> String {
            let posted =
                body.map { ["-H", "Content-Type: application/json", "-d", $0.text] } ?? []
            return try await lab.run(
                "curl",
                ["-sS", "-o", "/dev/null", "-w", "%{http_code}"] + credentials + posted
                    + ["http://127.0.0.1:\(port)/edge/v1\(path)"]
            ).output
        }
    }
}
