// SPDX-License-Identifier: Apache-2.0
import Foundation
import TestSupport
import Testing

extension Scenarios {
    /// What the application hears of a request, and the visitor of its answer.
    @Suite(.serialized) struct Forwarding {
        /// The JSON that the origin's echo gave, whatever curl wrote around it.
        private func echo(
            _ front: Front, _ path: String, name: String = Front.name, _ arguments: [String] = []
        ) async throws -> JSON {
            let answer = try await front.curl(path, name: name, arguments)
            guard answer.status == 0, let start = answer.output.firstIndex(of: "{") else {
                throw ScenarioError("\(path): \(answer)")
            }
            return try JSON(parsing: String(answer.output[start...]))
        }

        private func fields(_ echo: JSON, _ name: String) -> [String] {
            echo["fields"].array.map(\.array)
                .filter { $0[0].string?.lowercased() == name }.compactMap { $0[1].string }
        }

        @Test func `the application hears who asked, for what and how`() async throws {
            try await Lab.play { lab in
                let front = try await Front(lab)
                let heard = try await echo(
                    front, "/echo/a%2Fb?x=1&y=%20",
                    arguments: [
                        "X-Forwarded-For: 198.51.100.7", "X-Forwarded-Proto: gopher",
                        "X-Forwarded-Host: evil.test", "X-Request-Id: forged", "X-Own: kept",
                    ])
                #expect(heard["target"] == "/echo/a%2Fb?x=1&y=%20")
                let port = front.edge.httpsPort
                #expect(fields(heard, "host") == ["\(Front.name):\(port)"])
                #expect(fields(heard, "x-forwarded-for") == ["127.0.0.1"])
                #expect(fields(heard, "x-forwarded-proto") == ["https"])
                #expect(fields(heard, "x-forwarded-host") == ["\(Front.name):\(port)"])
                let id = fields(heard, "x-request-id")
                #expect(id.count == 1 && id != ["forged"] && id != [""])
                #expect(fields(heard, "x-own") == ["kept"])
            }
        }

        private func echo(
            _ front: Front, _ path: String, arguments headers: [String]
        ) async throws -> JSON {
            try await echo(front, path, headers.flatMap { ["-H", $0] })
        }

        @Test func `a trusted proxy's word about the client is passed on`() async throws {
            try await Lab.play { lab in
                let front = try await Front(lab) { $0["trusted_proxies"] = ["127.0.0.0/8"] }
                let heard = try await echo(
                    front, "/echo", arguments: ["X-Forwarded-For: 198.51.100.7"])
                #expect(fields(heard, "x-forwarded-for") == ["198.51.100.7, 127.0.0.1"])
            }
        }

        @Test func `the client is the rightmost hop that is no trusted proxy`() async throws {
            try await Lab.play { lab in
                let front = try await Front(lab) {
                    $0["trusted_proxies"] = ["127.0.0.0/8", "2001:db8::/32"]
                    $0["forwarding"] = ["forwarded": true]
                    $0["log"] = ["access": true]
                }
                let heard = try await echo(
                    front, "/echo",
                    arguments: ["X-Forwarded-For: 9.9.9.9, 198.51.100.7, [2001:db8::1]:80"])
                let chain = "9.9.9.9, 198.51.100.7, [2001:db8::1]:80, 127.0.0.1"
                #expect(fields(heard, "x-forwarded-for") == [chain])
                let host = "\(Front.name):\(front.edge.httpsPort)"
                #expect(
                    fields(heard, "forwarded")
                        == ["for=198.51.100.7;host=\"\(host)\";proto=https"])
                try await eventually("the client is logged") {
                    front.edge.log.contains("\"client\":\"198.51.100.7\"")
                }
            }
        }

        @Test func `the operator adds and removes fields both ways`() async throws {
            try await Lab.play { lab in
                let front = try await Front(lab) {
                    $0["hsts"] = ["max_age": "365d", "include_subdomains": true]
                    $0["request_headers"] = ["add": ["X-Edge": "fra1"], "remove": ["X-Debug"]]
                    $0["response_headers"] = [
                        "add": ["X-Frame-Options": "DENY"], "remove": ["X-Stays", "Set-Cookie"],
                    ]
                }
                let heard = try await echo(
                    front, "/echo", arguments: ["X-Debug: 1", "X-Edge: forged"])
                #expect(fields(heard, "x-debug").isEmpty)
                #expect(fields(heard, "x-edge") == ["forged", "fra1"])
                let answer = try await front.curl("/odd", ["-i"]).output.lowercased()
                #expect(!answer.contains("x-stays:") && !answer.contains("set-cookie:"))
                #expect(answer.contains("\r\nx-frame-options: deny\r\n"))
                let policy = "strict-transport-security: max-age=31536000; includesubdomains\r\n"
                #expect(answer.contains(policy))
                let refused = try await front.curl(
                    "/", ["-i", "-H", "Host: stranger.test", "-H", "Accept: application/json"])
                #expect(refused.output.contains("\r\nContent-Type: application/json\r\n"))
                #expect(refused.output.lowercased().contains(policy), "\(refused)")
                #expect(refused.output.contains("\"status\":421"))
            }
        }

        @Test func `hop-by-hop fields stay on their hop`() async throws {
            try await Lab.play { lab in
                let front = try await Front(lab)
                let heard = try await echo(
                    front, "/echo",
                    arguments: [
                        "Connection: keep-alive, X-Private", "X-Private: 1", "Keep-Alive: 9",
                        "TE: gzip", "Proxy-Connection: keep-alive",
                    ])
                for name in ["x-private", "keep-alive", "te", "proxy-connection"] {
                    #expect(fields(heard, name).isEmpty, "\(name)")
                }
                let answer = try await front.curl("/odd", ["-i"])
                let text = answer.output.lowercased()
                #expect(!text.contains("x-hop:") && !text.contains("keep-alive: timeout"))
                #expect(text.contains("x-stays: yes"))
                #expect(text.contains("set-cookie: a=1") && text.contains("set-cookie: b=2"))
            }
        }

        @Test func `Host must be a name of the certificate in use`() async throws {
            try await Lab.play { lab in
                let front = try await Front(lab)
                let own = try await front.client.visit(Front.name, host: Front.names[1])
                #expect(own.status == 200, "\(own)")
                let other = try await front.client.visit(Front.name, host: Front.otherName)
                #expect(other.status == 421, "\(other)")
                let stranger = try await front.client.visit(Front.name, host: "stranger.test")
                #expect(stranger.status == 421, "\(stranger)")
                #expect(try await front.origin.seen()["requests"] == 1)
            }
        }

        @Test(arguments: ["GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "PROPFIND"])
        func `methods and bodies arrive whole`(method: String) async throws {
            try await Lab.play("method \(method)") { lab in
                let front = try await Front(lab)
                let body = try lab.write(String(repeating: "0123456789", count: 20_000), to: "b")
                let sum = try await lab.run("sha256sum", [body])
                for extra in [[], ["-H", "Transfer-Encoding: chunked"]] {
                    let heard = try await echo(
                        front, "/echo", ["-X", method, "--data-binary", "@\(body)"] + extra)
                    #expect(heard["method"] == .string(method))
                    #expect(heard["length"] == 200_000)
                    #expect(sum.output.hasPrefix(heard["sha256"].string ?? "-"))
                }
            }
        }

        @Test func `trailers pass in both directions`() async throws {
            try await Lab.play { lab in
                let front = try await Front(lab)
                let chunked = """
                    POST /echo HTTP/1.1\r\nHost: \(Front.name)\r\nTransfer-Encoding: chunked\r
                    Trailer: X-Sum\r\nConnection: close\r\n\r\n5\r\nhello\r\n0\r\nX-Sum: 5\r\n\r\n
                    """
                let echoed = try await front.client.send(
                    raw: [Array(chunked.utf8)], name: Front.name)
                #expect(echoed[0].text.contains("200 OK"), "\(echoed) \(lab.evidence)")
                #expect(echoed[0].text.contains("\"length\": 5"))

                let get =
                    "GET /trailers HTTP/1.1\r\nHost: \(Front.name)\r\nTE: trailers\r\n"
                    + "Connection: close, TE\r\n\r\n"
                let answer = try await front.client.send(raw: [Array(get.utf8)], name: Front.name)
                #expect(answer[0].text.contains("two"), "\(answer)")
                #expect(answer[0].text.contains("\r\nX-Sum: 13\r\n\r\n"), "\(answer)")
            }
        }

        @Test func `an expectation is the origin's to meet or to refuse`() async throws {
            try await Lab.play { lab in
                let front = try await Front(lab)
                let body = try lab.write(String(repeating: "x", count: 100_000), to: "body")
                let sends = ["-v", "-H", "Expect: 100-continue", "--data-binary", "@\(body)"]
                let met = try await front.curl("/echo", sends)
                #expect(met.output.contains("HTTP/1.1 100"), "\(met)")
                #expect(met.output.contains("\"length\": 100000"))
                let refused = try await front.curl("/refuse", sends)
                #expect(refused.output.contains("417 Expectation Failed"), "\(refused)")
            }
        }

        @Test func `interim answers are passed on`() async throws {
            try await Lab.play { lab in
                let front = try await Front(lab)
                let answer = try await front.curl("/hints", ["-i"])
                #expect(answer.output.contains("103 Early Hints"), "\(answer)")
                #expect(answer.output.hasSuffix("hinted\n"))
            }
        }

        @Test func `answers without a body leave the connection usable`() async throws {
            try await Lab.play { lab in
                let front = try await Front(lab)
                let requests = [
                    "HEAD /fixed", "GET /status/204", "GET /status/304", "HEAD /status/404",
                    "GET /fixed",
                ]
                let text = requests.enumerated().map { index, line in
                    "\(line) HTTP/1.1\r\nHost: \(Front.name)\r\n"
                        + (index == requests.count - 1 ? "Connection: close\r\n\r\n" : "\r\n")
                }
                let answer = try await front.client.send(
                    raw: [Array(text.joined().utf8)], name: Front.name)
                let statuses = answer[0].text.split(separator: "\r\n")
                    .filter { $0.hasPrefix("HTTP/1.1 ") }.map { $0.dropFirst(9).prefix(3) }
                #expect(statuses == ["200", "204", "304", "404", "200"], "\(answer)")
                #expect(answer[0].text.hasSuffix("hello, edge\n"))
            }
        }

        @Test func `an answer that ends with the origin's connection arrives whole`() async throws {
            try await Lab.play { lab in
                let front = try await Front(lab)
                let answer = try await front.curl("/until-close", [])
                #expect(answer.status == 0 && answer.output == "to the end", "\(answer)")
            }
        }

        @Test func `a WebSocket echoes`() async throws {
            try await Lab.play { lab in
                let front = try await Front(lab)
                let report = try await front.client.run(
                    "websocket", ["names": [.string(Front.name)]])
                #expect(report["status"] == 101, "\(report.text) \(lab.evidence)")
                #expect(report["accepted"] == true)
                #expect(report["echoed"] == 5)
                #expect(report["ended"] == true)
            }
        }

        @Test func `server-sent events arrive one by one`() async throws {
            try await Lab.play { lab in
                let front = try await Front(lab)
                let report = try await front.client.run(
                    "events",
                    [
                        "names": [.string(Front.name)], "count": 10,
                        "origin": JSON(front.origin.port),
                    ])
                #expect(report["came"] == 10)
            }
        }
    }
}
