// SPDX-License-Identifier: Apache-2.0
import Bench
import HTTP
import Networking
import TLS
import Testing

@Suite struct LoadGeneratorTests {
    /// A short load on `a.example`.
    private func plan(
        _ work: LoadPlan.Work = .handshake, count: Int = 60,
        _ change: (inout LoadPlan) -> Void = { _ in }
    ) -> LoadPlan {
        var plan = LoadPlan()
        plan.names = ["a.example"]
        plan.work = work
        plan.extent = .count(count)
        plan.connections = 8
        change(&plan)
        return plan
    }

    private func load(_ plan: LoadPlan, on peer: Peer) async throws -> LoadTally {
        try await LoadGenerator(plan, target: peer.address).measure()
    }

    @Test(arguments: [1, 2])
    func `a number of handshakes is made exactly`(threads: Int) async throws {
        let tally = try await load(plan(count: 61) { $0.threads = threads }, on: .tls())
        #expect(tally.completed == 61 && tally.handshakes == 61 && tally.failures.isEmpty)
        #expect(tally.latency.count == 61 && tally.completions.reduce(0, +) == 61)
        #expect(tally.resumed == 0 && tally.offered == 0)
        #expect(tally.handshakeBytesRead > 61 * 500 && tally.handshakeBytesWritten > 61 * 200)
        #expect(tally.clientCPU > .zero && tally.elapsed > .zero)
    }

    @Test(arguments: [(LoadPlan.Version.tls12, "TLSv1.2"), (.tls13, "TLSv1.3")])
    func `what was agreed on is counted`(version: LoadPlan.Version, text: String) async throws {
        let tally = try await load(
            plan {
                $0.version = version
                $0.groups = "P-256"
                $0.ciphers = "TLS_AES_256_GCM_SHA384:ECDHE-ECDSA-AES256-GCM-SHA384"
            }, on: .tls())
        let agreed = try #require(tally.negotiated.first)
        #expect(tally.negotiated.count == 1 && agreed.value == 60)
        #expect(agreed.key.version == text && agreed.key.group == "P-256")
        #expect(agreed.key.cipher.hasSuffix("AES_256_GCM_SHA384"))
        #expect(agreed.key.certificate == "ECDSA P-256" && agreed.key.alpn == "http/1.1")
        #expect(agreed.key.signature == "ECDSA SHA-256")
    }

    @Test(arguments: [LoadPlan.Version.tls12, .tls13], [0.5, 1])
    func `the share of handshakes that was asked for is resumed`(
        version: LoadPlan.Version, share: Double
    ) async throws {
        let peer = try await Peer.tls()
        let generator = try await LoadGenerator(
            plan {
                $0.version = version
                $0.resumedShare = share
            }, target: peer.address)
        // Sessions outlast a run: the first leaves as many as the second needs.
        #expect(try await generator.measure().completed == 60)
        let tally = try await generator.measure()
        #expect(tally.completed == 60 && tally.failures.isEmpty)
        #expect(tally.offered == Int(60 * share) && tally.resumed == tally.offered)
    }

    @Test func `a server without tickets resumes nothing`() async throws {
        let tally = try await load(
            plan { $0.resumedShare = 1 }, on: .tls(issuesTickets: false))
        #expect(tally.completed == 60 && tally.offered == 0 && tally.resumed == 0)
    }

    @Test(arguments: [
        ("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello", 5),
        (
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n",
            5
        ),
        ("HTTP/1.1 103 Early Hints\r\n\r\nHTTP/1.1 204 No Content\r\n\r\n", 0),
    ])
    func `a request a connection reads the whole answer`(
        response: String, content: Int
    ) async throws {
        let tally = try await load(
            plan(.request(path: "/")), on: .tls(Peer.answering(response)))
        #expect(tally.completed == 60 && tally.handshakes == 60 && tally.failures.isEmpty)
        #expect(tally.contentBytes == 60 * content)
    }

    @Test func `an answer may end with the connection`() async throws {
        let tally = try await load(
            plan(.request(path: "/")),
            on: .tls { channel in
                _ = try await channel.fill()
                channel.output.append("HTTP/1.0 200 OK\r\n\r\nhello")
                try await channel.flush()
            })
        #expect(tally.completed == 60 && tally.contentBytes == 300 && tally.failures.isEmpty)
    }

    @Test func `kept connections outlast a run and need no other handshake`() async throws {
        let peer = try await Peer.tls(
            Peer.answering("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"))
        let generator = try await LoadGenerator(
            plan(.keepAlive(path: "/")), target: peer.address)
        let first = try await generator.measure()
        #expect(first.completed == 60 && (1...8).contains(first.handshakes))
        let second = try await generator.measure()
        #expect(second.completed == 60 && second.failures.isEmpty)
        #expect(first.handshakes + second.handshakes <= 8)
        #expect(second.negotiated.values.reduce(0, +) > 0)
    }

    @Test func `a kept connection that the server closes is opened again`() async throws {
        let peer = try await Peer.tls { channel in
            _ = try await channel.fill()
            channel.output.append("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok")
            try await channel.flush()
        }
        let tally = try await load(plan(.keepAlive(path: "/")), on: peer)
        #expect(tally.completed == 60 && tally.failures.isEmpty && tally.handshakes == 60)
    }

    @Test func `an open loop makes what was asked for`() async throws {
        let tally = try await load(plan { $0.rate = 500 }, on: .tls())
        #expect(tally.completed == 60 && tally.missed == 0 && tally.failures.isEmpty)
    }

    @Test func `an open loop with too few connections counts the wait`() async throws {
        let peer = try await Peer.tls { channel in
            try await Peer.waitForEnd(channel)
            try await channel.loop.sleep(for: .milliseconds(20))
        }
        let tally = try await load(
            plan(count: 20) {
                $0.rate = 1000
                $0.connections = 1
            }, on: peer)
        #expect(tally.completed == 20 && tally.missed == 0)
        // Each stays for 20 ms, and was to begin 1 ms after the one before.
        #expect(tally.latency.max > .milliseconds(19 * 19))
    }

    @Test func `what an open loop has no time for is missed`() async throws {
        let peer = try await Peer.tls { channel in
            try await Peer.waitForEnd(channel)
            try await channel.loop.sleep(for: .milliseconds(20))
        }
        let tally = try await load(
            plan {
                $0.extent = .duration(.milliseconds(200))
                $0.rate = 1000
                $0.connections = 1
            }, on: peer)
        #expect(tally.completed + tally.missed == 200 && tally.missed > 100)
    }

    @Test func `refusals can be what is measured`() async throws {
        let refused = try await load(plan(.refusal) { $0.names = ["c.example"] }, on: .tls())
        #expect(refused.completed == 60 && refused.failures.isEmpty && refused.handshakes == 0)
        let served = try await load(plan(.refusal), on: .tls())
        #expect(served.completed == 0 && served.failures == [.served: 60])
    }

    @Test func `names are asked for in turn`() async throws {
        let tally = try await load(
            plan { $0.names = ["a.example", "c.example", "b.example"] }, on: .tls())
        #expect(tally.completed == 40 && tally.failures == [.alert(.unrecognizedName): 20])
    }

    @Test func `a list that libssl does not know is refused`() async throws {
        for change: (inout LoadPlan) -> Void in [
            { $0.groups = "P-0" }, { $0.ciphers = "TLS_NULL" }, { $0.ciphers = "NONE" },
            { $0.signatureAlgorithms = "md0" },
        ] {
            await #expect(throws: TLSError.self) {
                _ = try await LoadGenerator(
                    plan(.handshake, change), target: SocketAddress("127.0.0.1:1")!)
            }
        }
    }

    @Test func `a run that is stopped answers what came of it`() async throws {
        let peer = try await Peer.tls()
        let generator = try await LoadGenerator(
            plan { $0.extent = .duration(.seconds(3600)) }, target: peer.address)
        async let measured = generator.measure()
        while await generator.progress().completed < 10 {}
        generator.stop()
        #expect(try await measured.completed >= 10)
    }
}
