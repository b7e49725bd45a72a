// SPDX-License-Identifier: Apache-2.0
import TestSupport
import Testing

extension Scenarios {
    /// The port in the clear: challenges, and the way to https.
    @Suite(.serialized) struct PlainPort {
        private func ask(
            _ world: World, _ host: String, _ target: String, method: String = "GET"
        ) async throws -> String {
            let port = world.edge.httpPort
            let answer = try await world.lab.run(
                "curl",
                [
                    "-sS", "-i", "--http1.1", "--max-time", "20", "--path-as-is",
                    "--resolve", "\(host):\(port):127.0.0.1", "-X", method,
                    "http://\(host):\(port)\(target)",
                ])
            return answer.output
        }

        @Test func `names that we serve or would serve are redirected and others are not`()
            async throws
        {
            try await Lab.play { lab in
                let world = try await World(lab)
                let domains = try await world.domains(2)
                let (served, wanted) = (domains[0], domains[1])
                #expect(try await world.client.visit(served).status == 200)
                try await world.dns.setAddress("www.stranger.test", ["203.0.113.9"])

                for name in [served, wanted] {
                    let answer = try await ask(world, name, "/a%2Fb?x=1", method: "POST")
                    #expect(answer.hasPrefix("HTTP/1.1 308"), "\(name): \(answer)")
                    #expect(
                        answer.lowercased().contains("location: https://\(name)"), "\(answer)")
                    #expect(answer.contains("/a%2Fb?x=1\r\n"), "\(answer)")
                }
                let stranger = try await ask(world, "www.stranger.test", "/")
                #expect(stranger.hasPrefix("HTTP/1.1 404"), "\(stranger)")
                #expect(try await world.origin.seen()["requests"] == 1)
            }
        }

        @Test func `an unknown challenge token is 404 and says nothing`() async throws {
            try await Lab.play { lab in
                let world = try await World(lab)
                let domain = try await world.domain()
                #expect(try await world.client.visit(domain).status == 200)
                for target in [
                    "/.well-known/acme-challenge/unknown", "/.well-known/acme-challenge/",
                    "/.well-known/acme-challenge/../../etc/passwd",
                ] {
                    let answer = try await ask(world, domain, target)
                    #expect(answer.hasPrefix("HTTP/1.1 404"), "\(target): \(answer)")
                }
            }
        }

        @Test func `a malformed request is 400 here too`() async throws {
            try await Lab.play { lab in
                let front = try await Front(lab)
                let client = Client(lab, port: front.edge.httpPort, roots: nil)
                let rows = MalformedRequests.rows.filter { $0.status == "400" }
                let answers = try await client.send(
                    raw: rows.map { Array($0.request.utf8) }, name: nil, tls: false, parallel: 8)
                for (row, answer) in zip(rows, answers) {
                    #expect(
                        answer.text.hasPrefix("HTTP/1.1 400"),
                        "\(row.what): \(answer.text.prefix(80))")
                }
            }
        }
    }
}
