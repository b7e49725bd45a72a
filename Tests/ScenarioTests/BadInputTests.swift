// SPDX-License-Identifier: Apache-2.0
import Foundation
import TestSupport
import Testing

extension Scenarios {
    /// Whatever an operator or a machine gets wrong is named, and nothing is lost.
    @Suite(.serialized) struct BadInput {
        @Test func `a broken configuration is refused with every mistake by its key`() async throws
        {
            try await Lab.play { lab in
                let rows: [(text: String, words: [String])] = [
                    ("", []),
                    ("{ application_url: ", []),
                    ("[]", []),
                    ("{}", ["application_url", "cname_target"]),
                    (
                        """
                        { application_url: "ftp://x", cname_target: "no name",
                          listen: { https: ["127.0.0.1"] }, surprise: true,
                          on_demand: { hold: 10, held: -1 }, issuers: [ { acme: {} } ] }
                        """,
                        [
                            "application_url", "cname_target", "listen.https[0]", "surprise",
                            "on_demand.hold", "on_demand.held", "issuers[0].acme.directory",
                        ]
                    ),
                    (
                        """
                        { application_url: "http://127.0.0.1:1", cname_target: "edge.saas.test",
                          issuers: [ { internal: {} } ],
                          certificates: [ { chain: "/nowhere.pem", key: "/nowhere.pem" } ] }
                        """, ["certificates[0].chain", "/nowhere.pem"]
                    ),
                ]
                for (index, row) in rows.enumerated() {
                    let file = try lab.write(row.text, to: "broken\(index).json5")
                    for command in ["check", "run"] {
                        let said = try await Nameplate.run(lab, [command, "--config", file])
                        #expect(said.status == 1, "\(command) \(row.text): \(said)")
                        #expect(said.output.contains(file), "\(said)")
                        for word in row.words {
                            #expect(said.output.contains(word), "\(command): \(said)")
                        }
                    }
                }
                let absent = try await Nameplate.run(lab, ["check", "--config", "/nowhere.json5"])
                #expect(absent.status == 1 && absent.output.contains("/nowhere.json5"))
                let wrong = try await Nameplate.run(lab, ["run", "--surprise"])
                #expect(wrong.status == 2)
            }
        }

        @Test func `a key that belongs to another certificate is refused by name`() async throws {
            try await Lab.play { lab in
                let front = try await Front(lab, startsEdge: false) { configuration in
                    var first = configuration["certificates"].array[0]
                    first["key"] = configuration["certificates"].array[1]["key"]
                    configuration["certificates"] = [first]
                }
                let said = try await Nameplate.run(
                    lab, ["check", "--config", front.edge.configurationFile])
                #expect(said.status == 1 && said.output.contains("certificates[0]"), "\(said)")
            }
        }

        @Test func `stored pairs that are unfit are named in the log and the rest serve`()
            async throws
        {
            try await Lab.play { lab in
                let front = try await Front(lab, startsEdge: false)
                let openssl = OpenSSL(lab)
                let good = try await openssl.selfSigned("good", names: ["good.customer.test"])
                let other = try await openssl.selfSigned("other", names: ["bad.customer.test"])
                func store(_ name: String, _ certificate: String, _ key: String) async throws {
                    let folder = try lab.makeDirectory("nameplate-store/domains/\(name)")
                    _ = try await lab.run("cp", [certificate, "\(folder)/chain.pem"])
                    _ = try await lab.run("cp", [key, "\(folder)/key.pem"])
                }
                let nonsense = try lab.write("nonsense", to: "nonsense.pem")
                try await store("good.customer.test", good.certificate, good.key)
                try await store("bad.customer.test", other.certificate, good.key)
                try await store("garbage.customer.test", nonsense, nonsense)
                try await store("elsewhere.customer.test", good.certificate, good.key)
                try await front.edge.start()
                let client = front.edge.client(roots: good.certificate)
                let names = ["bad", "garbage", "elsewhere"].map { "\($0).customer.test" }
                let visits = try await client.visit(["good.customer.test"] + names)
                #expect(visits[0].status == 200, "\(visits) \(lab.evidence)")
                #expect(visits.dropFirst().allSatisfy { $0.status == nil })
                for name in names {
                    #expect(front.edge.log.contains(name), "\(name): \(front.edge.log)")
                }
            }
        }

        @Test func `a port in use is named and the program ends with 1`() async throws {
            try await Lab.play { lab in
                let front = try await Front(lab, startsEdge: false)
                let holder = try lab.start(
                    try await Python.interpreter(lab),
                    ["-m", "http.server", "--bind", "127.0.0.1", "\(front.edge.httpsPort)"])
                try await eventually("the port is taken") {
                    Ports.isListening(front.edge.httpsPort)
                }
                let said = try await Nameplate.run(
                    lab, ["run", "--config", front.edge.configurationFile])
                #expect(said.status == 1, "\(said)")
                #expect(said.output.contains("127.0.0.1:\(front.edge.httpsPort)"), "\(said)")
                #expect(said.output.lowercased().contains("in use"), "\(said)")
                #expect(holder.isRunning)
            }
        }

        @Test func `a second edge on the same ports does not take half of the visitors`()
            async throws
        {
            try await Lab.play { lab in
                let front = try await Front(lab)
                let said = try await Nameplate.run(
                    lab, ["run", "--config", front.edge.configurationFile])
                #expect(said.status == 1, "\(said)")
                #expect(try await front.client.visit(Front.name).status == 200)
            }
        }

        @Test func `without descriptors accepting pauses and then goes on`() async throws {
            try await Lab.play { lab in
                let front = try await Front(lab, startsEdge: false) {
                    $0["limits"] = ["handshake_timeout": "2s"]
                }
                try await front.edge.start(descriptors: 64)
                let sign = lab.path("standing")
                let crowd = try await front.client.start(
                    "stuck",
                    [
                        "names": [.string(Front.name)], "stage": "tcp", "count": 200,
                        "sign": .string(sign),
                    ])
                try await eventually("200 connections stand") {
                    FileManager.default.fileExists(atPath: sign)
                }
                let (start, ticks) = (ContinuousClock.now, front.edge.program.processorTicks)
                try await Task.sleep(for: .seconds(1))
                let spent = Double(front.edge.program.processorTicks - ticks)
                // Who tries again and again keeps a processor busy, 100 ticks a second.
                #expect(spent < 50 * ((ContinuousClock.now - start) / .seconds(1)))
                #expect(front.edge.program.isRunning)
                let report = try await crowd.report()
                #expect(report["closed"] == 200, "\(report.text) \(lab.evidence)")
                #expect(try await front.client.visit(Front.name).status == 200, "\(lab.evidence)")
            }
        }

        @Test func `a ClientHello of garbage costs its sender the connection and nobody else`()
            async throws
        {
            try await Lab.play { lab in
                let front = try await Front(lab) { $0["limits"] = ["handshake_timeout": "2s"] }
                var messages: [[UInt8]] = [
                    Array("GET / HTTP/1.1\r\nHost: \(Front.name)\r\n\r\n".utf8),
                    [0x16, 0x03, 0x01, 0xff, 0xff], [0x80, 0x2e, 0x01, 0x00, 0x02],
                    [0x16, 0x03, 0x01, 0x00, 0x04, 0x01, 0xff, 0xff, 0xff],
                    [0x16, 0x03, 0x01, 0x00, 0x00], [0x15, 0x03, 0x01, 0x00, 0x02, 0x02, 0x28],
                    [0x17, 0x03, 0x03, 0x00, 0x01, 0x00], [0x00],
                ]
                for length in [1, 10, 100, 1000, 20_000, 70_000] {
                    messages.append((0..<length).map { _ in .random(in: 0...255) })
                    // A record's header and a ClientHello's, then noise.
                    messages.append(
                        [0x16, 0x03, 0x01, 0x40, 0x00, 0x01, 0x00, 0x3f, 0xfc, 0x03, 0x03]
                            + (0..<length).map { _ in .random(in: 0...255) })
                }
                let answers = try await front.client.send(
                    raw: messages, name: nil, tls: false, parallel: 20, wait: 10)
                #expect(answers.allSatisfy { $0.closed }, "\(answers) \(lab.evidence)")
                #expect(try await front.client.visit(Front.name).status == 200)
            }
        }

        @Test(arguments: ["tcp", "hello", "head", "body", "idle"])
        func `a client that stops half way is let go and its memory with it`(
            stage: String
        )
            async throws
        {
            try await Lab.play("stuck at \(stage)") { lab in
                let front = try await Front(lab) {
                    // 300 handshakes at once take a slow client a while.
                    let isShaking = ["tcp", "hello"].contains(stage)
                    $0["limits"] = [
                        "handshake_timeout": isShaking ? "2s" : "60s", "head_timeout": "2s",
                        "body_timeout": "2s",
                        "idle_timeout": "2s",
                    ]
                }
                #expect(try await front.client.visit(Front.name).status == 200)
                // The first round warms the allocator up; the second shows whether it leaks.
                var resident: [Int] = []
                for _ in 0..<2 {
                    let before = front.edge.program.openDescriptors
                    let report = try await front.client.run(
                        "stuck",
                        ["names": [.string(Front.name)], "stage": .string(stage), "count": 300])
                    #expect(report["closed"] == 300, "\(report.text) \(lab.evidence)")
                    try await eventually("the descriptors are free again") {
                        front.edge.program.openDescriptors <= before + 8
                    }
                    resident.append(front.edge.program.residentKilobytes)
                }
                #expect(resident[1] - resident[0] < 8 * 1024, "\(resident)")
                #expect(try await front.client.visit(Front.name).status == 200)
                print("300 clients stuck at \(stage), twice: \(resident) KiB resident after each")
            }
        }

        @Test(arguments: ["silent", "wrong-id", "garbage", "pointers", "refused"])
        func `a resolver that fails or lies costs one visit`(kind: String) async throws {
            try await Lab.play("resolver \(kind)") { lab in
                let port = Ports.free()
                let programs = try await Python.environment(lab)
                let script = Repository.client("liar.py")
                let liar = try lab.start("\(programs)/python3", ["-B", script, "\(port)"])
                try await eventually("the liar listens") { liar.output.contains("ready") }
                let world = try await World(lab) {
                    $0["dns"] = ["resolvers": ["127.0.0.1:\(port)"]]
                    $0["on_demand"] = ["hold": "2s"]
                }
                let visit = try await world.client.visit("\(kind).test")
                #expect(visit.alert != nil && visit.status == nil, "\(visit) \(lab.evidence)")
                #expect(world.pebble.orders == 0)
                try await eventually("the log names it") {
                    world.edge.log.contains("\(kind).test")
                }
                // The lie is no obstacle to a name that it does not concern.
                try await world.dns.setAlias(["right.test"], of: World.target)
                // For whom the hold is too short on a slow machine, the certificate is there soon.
                try await eventually(within: .seconds(180), "right.test is served") {
                    try await world.client.visit("right.test").status == 200
                }
            }
        }

        static let isRoot = FileManager.default.isWritableFile(atPath: "/root")

        @Test(.enabled(if: isRoot, "mounts a small file system, which takes root"))
        func `on a full disk the old certificate goes on serving and the next attempt works`()
            async throws
        {
            try await Lab.play { lab in
                var ca = Pebble.Options()
                ca.validity = 30
                let world = try await World(lab, ca: ca, startsEdge: false)
                let store = world.edge.store
                let mounted = try await lab.run(
                    "mount", ["-t", "tmpfs", "-o", "size=1m", "tmpfs", store])
                guard mounted.status == 0 else {
                    throw ScenarioError("cannot mount a tmpfs: \(mounted.output)")
                }
                do {
                    try await fill(lab, world)
                } catch {
                    _ = try await lab.run("umount", ["-l", store])
                    throw error
                }
                _ = try await lab.run("umount", ["-l", store])
            }
        }

        private func fill(_ lab: Lab, _ world: World) async throws {
            try await world.edge.start()
            let domains = try await world.domains(2)
            let first = try await world.client.visit(domains[0])
            #expect(first.status == 200, "\(lab.evidence)")
            let ballast = "\(world.edge.store)/ballast"
            _ = try await lab.run("dd", ["if=/dev/zero", "of=\(ballast)", "bs=4k"])
            try await eventually(within: .seconds(180), "the log says that the disk is full") {
                world.edge.log.lowercased().contains("no space left")
            }
            let full = try await world.client.visit(domains[0])
            #expect(full.status == 200 && full.serial == first.serial, "\(lab.evidence)")
            try FileManager.default.removeItem(atPath: ballast)
            let second = try await world.client.visit(domains[1])
            #expect(second.status == 200, "\(second) \(lab.evidence)")
            #expect(
                try await OpenSSL(lab).isWholePair(world.edge.folder(of: domains[0])))
        }
    }
}
