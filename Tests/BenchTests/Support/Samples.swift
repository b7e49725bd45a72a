// SPDX-License-Identifier: Apache-2.0
@testable import Bench

/// Rounds that were never run.
enum Samples {
    /// A round of one second with operations of these microseconds.
    static func round(
        _ target: String = "127.0.0.1:8443", microseconds: [Int], serverCPU: Duration? = nil,
        busiest: Double = 0.5, failures: [LoadFailure: Int] = [:]
    ) -> Round {
        var tally = LoadTally()
        for time in microseconds { tally.latency.record(.microseconds(time)) }
        tally.completed = microseconds.count
        tally.handshakes = microseconds.count
        tally.resumed = microseconds.count / 2
        tally.handshakeBytesRead = 1500 * microseconds.count
        tally.handshakeBytesWritten = 500 * microseconds.count
        tally.failures = failures
        tally.elapsed = .seconds(1)
        tally.completions = (0..<10).map {
            microseconds.count / 10 + ($0 == 0 ? microseconds.count % 10 : 0)
        }
        tally.clientCPU = .microseconds(40 * microseconds.count)
        tally.busiestThread = busiest
        if !microseconds.isEmpty { tally.negotiated = [modern: microseconds.count] }
        return Round(target: target, tally: tally, serverCPU: serverCPU)
    }

    static let modern = NegotiatedParameters(
        version: "TLSv1.3", cipher: "TLS_AES_128_GCM_SHA256", group: "X25519",
        signature: "ECDSA SHA-256", certificate: "ECDSA P-256", alpn: "http/1.1")

    /// A target, the rounds of which took so many microseconds of the server's an operation.
    static func target(
        _ name: String = "127.0.0.1:8443", serverMicroseconds: [Int], latency: Int = 1000,
        operations: Int = 20, busiest: Double = 0.5
    ) -> TargetResult {
        TargetResult(
            target: name,
            rounds: serverMicroseconds.map { time in
                round(
                    name, microseconds: Array(repeating: latency, count: operations),
                    serverCPU: .microseconds(time * operations), busiest: busiest)
            })
    }
}
