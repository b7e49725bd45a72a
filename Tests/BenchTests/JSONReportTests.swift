// SPDX-License-Identifier: Apache-2.0
import Foundation
import Testing

@testable import Bench

@Suite struct JSONReportTests {
    /// What programs read: the keys that they rely on.
    private struct Document: Decodable {
        struct Target: Decodable {
            struct Round: Decodable {
                struct Latency: Decodable { let p50, p90, p99, p99_9, max, mean: Double }
                struct Bytes: Decodable { let read, written: Double }
                let completed, handshakes, resumed: Int
                let failures: [String: Int]
                let seconds, rate: Double
                let latency_us: Latency?
                let server_cpu_us, client_cpu_us: Double?
                let client_busiest: Double
                let handshake_bytes: Bytes
            }
            struct Median: Decodable { let rate, server_cpu_us, p50_us, p99_us: Double? }
            struct Negotiated: Decodable {
                let version, cipher: String
                let group, certificate, alpn: String?
                let count: Int
            }
            let target: String
            let rounds: [Round]
            let median: Median
            let negotiated: [Negotiated]
        }
        struct Ratio: Decodable { let server_cpu, low, high, rate, p50: Double? }
        let targets: [Target]
        let ratio: Ratio?
        let client_was_bottleneck: Bool
    }

    private func document(_ targets: [TargetResult]) throws -> Document {
        let text = LoadReport(plan: LoadPlan(), targets: targets).json
        return try JSONDecoder().decode(Document.self, from: Data(text.utf8))
    }

    @Test func `two targets are told with their rounds and ratio`() throws {
        let document = try document([
            Samples.target(serverMicroseconds: [70, 72, 68], latency: 500),
            Samples.target("[::1]:2", serverMicroseconds: [100, 100, 100]),
        ])
        #expect(document.targets.map(\.target) == ["127.0.0.1:8443", "[::1]:2"])
        let target = document.targets[0]
        #expect(target.rounds.map(\.server_cpu_us) == [70, 72, 68])
        let round = target.rounds[0]
        #expect((round.completed, round.handshakes, round.resumed) == (20, 20, 10))
        #expect((round.seconds, round.rate, round.client_busiest) == (1, 20, 0.5))
        #expect(round.client_cpu_us == 40)
        #expect((round.handshake_bytes.read, round.handshake_bytes.written) == (1500, 500))
        let latency = try #require(round.latency_us)
        #expect(
            [latency.p50, latency.p99, latency.p99_9, latency.max, latency.mean] == [
                500, 500, 500, 500, 500,
            ])
        #expect((target.median.server_cpu_us, target.median.p50_us) == (70, 500))
        let negotiated = try #require(target.negotiated.first)
        #expect(negotiated.group == "X25519" && negotiated.count == 60)
        let ratio = try #require(document.ratio)
        #expect([ratio.server_cpu, ratio.low, ratio.high] == [0.7, 0.68, 0.72])
        #expect((ratio.rate, ratio.p50) == (1, 0.5))
        #expect(!document.client_was_bottleneck)
    }

    @Test func `what was not measured is null, and kinds of failure are added up`() throws {
        let round = Samples.round(
            microseconds: [],
            failures: [.reset: 2, .incompatible("a"): 3, .incompatible("b"): 4, .status(502): 1])
        let document = try document([TargetResult(target: "a \"quoted\" \\ name", rounds: [round])])
        let target = document.targets[0]
        #expect(target.target == "a \"quoted\" \\ name")
        #expect(target.rounds[0].failures == ["reset": 2, "incompatible": 7, "status_502": 1])
        #expect(target.rounds[0].latency_us == nil && target.rounds[0].server_cpu_us == nil)
        #expect(target.median.server_cpu_us == nil && target.median.p50_us == nil)
        #expect(document.ratio == nil)
    }

    @Test func `every member is there, also when it is null`() {
        let text = LoadReport(
            plan: LoadPlan(), targets: [TargetResult(target: "a", rounds: [])]
        ).json
        for key in ["\"server_cpu_us\": null", "\"ratio\": null", "\"rate\": null"] {
            #expect(text.contains(key), "\(text)")
        }
    }

    @Test func `text is escaped and numbers are numbers`() throws {
        let value = JSONValue.list([
            .text("a\"\\\n\u{1}é"), .number(1.23456), .number(.nan), .number(1e9), .bool(true),
        ])
        #expect(value.text() == "[\"a\\\"\\\\\\u000a\\u0001é\", 1.235, null, 1000000000.0, true]")
    }
}
