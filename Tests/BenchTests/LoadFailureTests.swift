// SPDX-License-Identifier: Apache-2.0
import Bench
import HTTP
import Networking
import TLS
import TestSupport
import Testing

/// Servers that let nothing succeed, each in its own way.
@Suite struct LoadFailureTests {
    private func failures(
        of address: SocketAddress, _ work: LoadPlan.Work = .handshake,
        _ change: (inout LoadPlan) -> Void = { _ in }
    ) async throws -> [LoadFailure: Int] {
        var plan = LoadPlan()
        plan.names = ["a.example"]
        plan.connections = 4
        plan.extent = .count(8)
        plan.work = work
        plan.patience = .seconds(20)
        change(&plan)
        let tally = try await LoadGenerator(plan, target: address).measure()
        #expect(tally.completed == 0 && tally.latency.count == 0)
        return tally.failures
    }

    @Test func `a closed port`() async throws {
        let address = SocketAddress("127.0.0.1:\(Ports.free())")!
        #expect(try await failures(of: address) == [.closedPort: 8])
    }

    @Test(arguments: ["SSH-2.0-OpenSSH_9.2\r\n", "HTTP/1.1 400 Bad Request\r\n\r\n"])
    func `a server without TLS`(greeting: String) async throws {
        let peer = try await Peer { socket in
            var bytes = ByteBuffer()
            bytes.append(greeting)
            try await socket.send(&bytes)
            try await socket.loop.sleep(for: .seconds(20))
        }
        #expect(try await failures(of: peer.address) == [.notTLS: 8])
    }

    @Test func `resets`() async throws {
        let peer = try await Peer { socket in
            var bytes = ByteBuffer()
            _ = try await socket.receive(into: &bytes)
            socket.reset()
        }
        #expect(try await failures(of: peer.address) == [.reset: 8])
    }

    @Test func `an early end`() async throws {
        let peer = try await Peer { socket in
            var bytes = ByteBuffer()
            _ = try await socket.receive(into: &bytes)
        }
        #expect(try await failures(of: peer.address) == [.closedEarly: 8])
    }

    @Test func `silence`() async throws {
        let peer = try await Peer { try await $0.loop.sleep(for: .seconds(60)) }
        let failures = try await failures(of: peer.address) { $0.patience = .milliseconds(50) }
        #expect(failures == [.stalled: 8])
    }

    @Test func `silence after the handshake`() async throws {
        let peer = try await Peer.tls { try await $0.loop.sleep(for: .seconds(60)) }
        let failures = try await failures(of: peer.address) { $0.patience = .milliseconds(50) }
        #expect(failures == [.stalled: 8])
    }

    @Test func `a name that is not known`() async throws {
        let peer = try await Peer.tls()
        let failures = try await failures(of: peer.address) { $0.names = ["c.example"] }
        #expect(failures == [.alert(.unrecognizedName): 8])
    }

    @Test func `nothing in common`() async throws {
        let peer = try await Peer.tls()
        let failures = try await failures(of: peer.address) { $0.groups = "P-521" }
        #expect(failures == [.alert(.handshakeFailure): 8])
    }

    @Test(arguments: [
        ("HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n", LoadFailure.status(404)),
        ("nonsense\r\n\r\n", .brokenHTTP(.malformedVersion)),
    ])
    func `an answer that is no success`(response: String, failure: LoadFailure) async throws {
        let peer = try await Peer.tls(Peer.answering(response))
        #expect(try await failures(of: peer.address, .request(path: "/")) == [failure: 8])
        #expect(try await failures(of: peer.address, .keepAlive(path: "/")) == [failure: 8])
    }

    @Test func `an answer that is cut short`() async throws {
        let peer = try await Peer.tls { channel in
            _ = try await channel.fill()
            channel.output.append("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhel")
            try await channel.flush()
        }
        #expect(try await failures(of: peer.address, .request(path: "/")) == [.closedEarly: 8])
    }

    @Test(arguments: [
        LoadFailure.closedPort, .unreachable("no route"), .notTLS, .reset, .closedEarly, .stalled,
        .alert(.unrecognizedName), .alert(.internalError), .incompatible("no group"),
        .brokenTLS("bad record"), .served, .status(502), .brokenHTTP(.malformedStatus),
        .ours("why"),
    ])
    func `each kind has a key, a label and a sentence`(failure: LoadFailure) {
        #expect(failure.key.allSatisfy { $0.isLowercase || $0.isNumber || $0 == "_" })
        #expect(!failure.label.isEmpty)
        let sentence = failure.explanation("127.0.0.1:8443")
        #expect(sentence.contains("127.0.0.1:8443") || failure == .ours("why"))
    }
}
