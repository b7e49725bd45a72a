// SPDX-License-Identifier: Apache-2.0
import Foundation
import HTTP
import Networking
import TLS
import TestSupport
import Testing

/// `nameplate bench handshake` as a shell calls it.
@Suite struct BenchCommandTests {
    private func bench(
        _ lab: Lab, _ arguments: String...
    ) async throws -> (status: CInt, output: String) {
        try await lab.run(
            Repository.product("nameplate"), ["bench", "handshake"] + arguments,
            within: .seconds(60))
    }

    /// The JSON report within what a program wrote.
    private func report(_ output: String) throws -> [String: Any] {
        let start = try #require(output.firstIndex(of: "{"))
        let end = try #require(output.lastIndex(of: "}"))
        let value = try JSONSerialization.jsonObject(with: Data(output[start...end].utf8))
        return try #require(value as? [String: Any])
    }

    private func rounds(_ output: String) throws -> [[[String: Any]]] {
        let targets = try #require(try report(output)["targets"] as? [[String: Any]])
        return targets.map { $0["rounds"] as? [[String: Any]] ?? [] }
    }

    @Test func `a measurement ends with 0 and what came of it`() async throws {
        let peer = try await Peer.tls()
        try await Lab.play { lab in
            let (status, output) = try await bench(
                lab, "\(peer.address)", "--sni", "a.example", "--count", "50", "--warmup", "50ms",
                "--pid", "\(getpid())", "--json")
            #expect(status == 0)
            let round = try #require(try rounds(output).first?.first)
            #expect(round["completed"] as? Int == 50 && round["handshakes"] as? Int == 50)
            #expect(round["server_cpu_us"] as? Double ?? 0 > 0)
            #expect((round["failures"] as? [String: Int])?.isEmpty == true)
        }
    }

    @Test func `two targets take turns`() async throws {
        let first = try await Peer.tls()
        let second = try await Peer.tls()
        try await Lab.play { lab in
            let (status, output) = try await bench(
                lab, "\(first.address)", "--vs", "\(second.address)", "--sni", "a.example",
                "--count", "20", "--warmup", "0s", "--rounds", "3", "--json")
            #expect(status == 0)
            #expect(try rounds(output).map(\.count) == [3, 3])
            let ratio = try #require(try report(output)["ratio"] as? [String: Any])
            #expect(ratio["rate"] as? Double ?? 0 > 0)
        }
    }

    @Test func `nothing succeeded: 1, the kinds and a sentence`() async throws {
        let plain = try await Peer { socket in
            var bytes = ByteBuffer()
            bytes.append("SSH-2.0-OpenSSH_9.2\r\n")
            try await socket.send(&bytes)
            _ = try await socket.receive(into: &bytes)
        }
        let tls = try await Peer.tls()
        let closed = "127.0.0.1:\(Ports.free())"
        try await Lab.play { lab in
            for (target, kind, sentence) in [
                (closed, "closed_port", "nothing listens at \(closed)"),
                ("\(plain.address)", "not_tls", "\(plain.address) answers, but not with TLS"),
                (
                    "\(tls.address)", "alert_unrecognized_name",
                    "\(tls.address) does not know the name"
                ),
            ] {
                let (status, output) = try await bench(
                    lab, target, "--sni", "c.example", "--warmup", "100ms", "--json")
                #expect(status == 1)
                let round = try #require(try rounds(output).first?.first)
                #expect(round["completed"] as? Int == 0)
                #expect((round["failures"] as? [String: Int])?[kind] ?? 0 > 0, "\(kind)")
                #expect(output.contains("nameplate: \(sentence)"))
            }
        }
    }

    @Test func `what cannot be measured is said in a sentence`() async throws {
        try await Lab.play { lab in
            let noProcess = try await bench(lab, "127.0.0.1:1", "--pid", "4194304")
            #expect(noProcess.status == 1)
            #expect(noProcess.output == "nameplate: there is no process 4194304\n")
            let unknownGroup = try await bench(lab, "127.0.0.1:1", "--groups", "P-0")
            #expect(unknownGroup.status == 2)
            #expect(unknownGroup.output.hasPrefix("nameplate: groups \"P-0\" are not known"))
            let wrong = try await bench(lab, "127.0.0.1:1", "--connections", "none")
            #expect(wrong.status == 2)
        }
    }

    @Test func `Ctrl-C prints what was measured so far`() async throws {
        let peer = try await Peer.tls()
        try await Lab.play { lab in
            let bench = try lab.start(
                Repository.product("nameplate"),
                [
                    "bench", "handshake", "\(peer.address)", "--sni", "a.example", "--duration",
                    "1h", "--warmup", "0s", "--json",
                ])
            try await eventually("it makes handshakes") { peer.handshakes > 20 }
            bench.send(SIGINT)
            #expect(try await bench.finished() == 0)
            let round = try #require(try rounds(bench.output).first?.first)
            #expect(round["completed"] as? Int ?? 0 > 0)
        }
    }
}
