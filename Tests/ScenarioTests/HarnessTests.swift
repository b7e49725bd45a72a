// SPDX-License-Identifier: Apache-2.0
import Foundation
import Glibc
import TestSupport
import Testing

extension Scenarios {
    /// The scenarios' own parts, proved without the product: nginx stands in its place.
    @Suite(.serialized) struct Harness {
        @Test func `client and origin understand one another through nginx`() async throws {
            try await Lab.play { lab in
                let origin = try await Origin(lab)
                let port = Ports.free()
                let own = try await OpenSSL(lab).selfSigned("nginx", names: ["a.test", "b.test"])
                let nginx = try lab.write(
                    """
                    daemon off; pid \(lab.path("nginx.pid")); error_log stderr; master_process off;
                    events { }
                    http {
                      access_log off; client_body_temp_path \(lab.path("body"));
                      proxy_temp_path \(lab.path("proxy")); fastcgi_temp_path \(lab.path("f"));
                      uwsgi_temp_path \(lab.path("u")); scgi_temp_path \(lab.path("s"));
                      map $http_upgrade $upgrade { default upgrade; "" ""; }
                      server {
                        listen 127.0.0.1:\(port) ssl; client_max_body_size 0; keepalive_requests 9999;
                        ssl_certificate \(own.certificate); ssl_certificate_key \(own.key);
                        proxy_http_version 1.1; proxy_buffering off; proxy_request_buffering off;
                        proxy_set_header Host $host;
                        proxy_set_header Upgrade $http_upgrade; proxy_set_header Connection $upgrade;
                        location / { proxy_pass \(origin.url); }
                      }
                    }
                    """, to: "nginx.conf")
                _ = try lab.start("nginx", ["-c", nginx, "-p", lab.directory.path])
                try await eventually("nginx listens") { Ports.isListening(port) }
                let client = Client(lab, port: port, roots: own.certificate)

                let visits = try await client.visit(["a.test", "b.test", "c.test"])
                #expect(visits.map(\.status) == [200, 200, nil], "\(visits) \(lab.evidence)")
                #expect(visits[0].body == "hello, edge\n")
                #expect(visits[0].serial?.isEmpty == false)

                let pieces = try await client.run("pieces", ["names": ["a.test"]])
                #expect(pieces["status"] == 200)

                let socket = try await client.run("websocket", ["names": ["a.test"]])
                #expect(socket["echoed"] == 5, "\(socket.text)")
                let events = try await client.run(
                    "events", ["names": ["a.test"], "count": 5, "origin": JSON(origin.port)])
                #expect(events["came"] == 5)

                let progress = lab.path("progress")
                let load = try await client.start("load", ["names": ["a.test"], "workers": 2])
                let loop = try await client.start(
                    "handshakes", ["names": ["a.test", "b.test"], "progress": .string(progress)])
                try await eventually("both are under way") {
                    try await origin.seen()["requests"].int ?? 0 > 50
                        && FileManager.default.fileExists(atPath: progress)
                }
                let loaded = try await load.report()
                let looped = try await loop.report()
                #expect(loaded["failures"] == [] && loaded["requests"].int! > 10, "\(loaded.text)")
                #expect(looped["failures"] == [] && looped["handshakes"].int! > 10)

                let raw = try await client.send(
                    raw: [Array("nonsense\r\n\r\n".utf8)], name: "a.test")
                #expect(raw[0].text.contains("400"), "\(raw)")

                let sign = lab.path("sign")
                let slow = try await client.start(
                    "slow", ["names": ["a.test"], "bytes": 50_000_000, "sign": .string(sign)])
                try await eventually("the slow reader reads") {
                    FileManager.default.fileExists(atPath: sign)
                }
                #expect(try await slow.report()["got"].int! > 50_000_000)
            }
        }

        @Test func `a program starts with nothing of the test runner's`() async throws {
            try await Lab.play { lab in
                // Enough of them that Foundation's own launch would read past its buffer.
                let descriptors = (0..<1500).map { _ in open("/dev/null", O_RDONLY) }
                defer { for descriptor in descriptors { close(descriptor) } }
                #expect(try await lab.run("pwd", []).output == lab.directory.path + "\n")
                // The fourth is the folder that is listed.
                let own = try await lab.run("ls", ["/proc/self/fd"])
                #expect(own.output == "0\n1\n2\n3\n")
                let signals = try await lab.run("grep", ["Sig[BI]", "/proc/self/status"]).output
                // Glibc keeps the first two real-time signals for itself.
                #expect(
                    signals == "SigBlk:\t0000000000000000\nSigIgn:\t0000000180000000\n"
                        || signals == "SigBlk:\t0000000000000000\nSigIgn:\t0000000000000000\n")
            }
        }

        @Test func `pebble and challtestsrv start with what a scenario needs`() async throws {
            try await Lab.play { lab in
                let dns = try await ChallengeTestServer(lab)
                try await dns.setAddress("edge.test")
                try await dns.setAlias(["a.test"], of: "edge.test")
                let answer = try await lab.run(
                    "dig", ["+short", "@127.0.0.1", "-p", "\(dns.port)", "a.test", "A"])
                #expect(answer.output.contains("127.0.0.1"))
                #expect(try await dns.questions(about: "a.test") == 1)
                let pebble = try await Pebble(lab, httpPort: 1, tlsPort: 2, dns: dns.port)
                #expect(pebble.orders == 0 && pebble.accounts == 0)
                #expect(try String(contentsOfFile: pebble.roots, encoding: .utf8).contains("BEGIN"))
            }
        }

        @Test func `knot and bind serve a zone on a port of their own`() async throws {
            try await Lab.play { lab in
                let zone = Zone("test", "a CNAME edge\nedge A 127.0.0.1\n")
                let ports = [
                    try await Knot(lab, [zone]).port, try await Bind(lab, [zone]).port,
                ]
                for port in ports {
                    try await eventually("the zone is loaded") {
                        let answer = try await lab.run(
                            "dig", ["+short", "@127.0.0.1", "-p", "\(port)", "a.test", "A"])
                        return answer.output == "edge.test.\n127.0.0.1\n"
                    }
                }
            }
        }

        @Test func `the liar lies and the CA falls sick as it is told to`() async throws {
            try await Lab.play { lab in
                let dns = Ports.free()
                let programs = try await Python.environment(lab)
                let liar = try lab.start(
                    "\(programs)/python3", ["-B", Repository.client("liar.py"), "\(dns)"])
                try await eventually("the liar listens") { liar.output.contains("ready") }
                for (name, words) in [
                    ("right.test", "edge.saas.test"), ("truncated.test", "edge.saas.test"),
                    ("servfail.test", "SERVFAIL"), ("wrong-id.test", "ID mismatch"),
                    ("pointers.test", "bad compression pointer"),
                ] {
                    let answer = try await lab.run(
                        "dig", ["+tries=1", "+time=20", "@127.0.0.1", "-p", "\(dns)", name, "A"])
                    #expect(answer.output.contains(words), "\(name): \(answer.output)")
                }

                let pebble = try await Pebble(lab, httpPort: 1, tlsPort: 2, dns: dns)
                func directory(within seconds: Int = 60) async throws -> String {
                    try await lab.run(
                        "curl",
                        [
                            "-sS", "-i", "-m", "\(seconds)", "--cacert", pebble.interfaceRoots,
                            pebble.directory,
                        ]
                    ).output
                }
                #expect(
                    try await directory().contains("https://127.0.0.1:\(pebble.port)/order-plz"))
                try pebble.fallSick("500", at: "/dir")
                #expect(try await directory().contains("the CA has a cold"))
                try pebble.fallSick("silent", at: "/dir")
                #expect(try await directory(within: 1).contains("timed out"))
                try pebble.fallSick("half", at: "/order")
                #expect(try await directory().contains("200 OK"))
            }
        }
    }
}
