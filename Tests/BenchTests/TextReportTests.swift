// SPDX-License-Identifier: Apache-2.0
import TLS
import Testing

@testable import Bench

@Suite struct TextReportTests {
    @Test(arguments: [
        (0, "0"), (0.7046, "0.705"), (1, "1.00"), (9.994, "9.99"), (9.996, "10.0"), (18.34, "18.3"),
        (99.96, "100"), (812, "812"), (5512.4, "5,512"), (1_234_567, "1,234,567"),
        (0.00012345, "0.000123"), (-2.5, "-2.50"), (.infinity, "–"),
    ])
    func `a number has three digits that count`(value: Double, text: String) {
        #expect(FigureText.number(value) == text)
    }

    @Test(arguments: [
        (0, "0 µs"), (0.25, "0.250 µs"), (81.23, "81.2 µs"), (999.4, "999 µs"),
        (999.6, "1.00 ms"), (12_345, "12.3 ms"), (999_600, "1.00 s"), (90_000_000, "90.0 s"),
    ])
    func `a time has the unit that suits it`(microseconds: Double, text: String) {
        #expect(FigureText.time(microseconds: microseconds) == text)
    }

    @Test(arguments: [
        (0, "0 %"), (0.0001, "0.01 %"), (0.5, "50 %"), (0.9999, "99.99 %"), (1, "100 %"),
        (0.99999, "99.99 %"),
    ])
    func `a share that is not all is not told as all`(share: Double, text: String) {
        #expect(FigureText.percent(share) == text)
    }

    @Test(arguments: [(0, "0"), (999, "999"), (1000, "1,000"), (-1_234_567, "-1,234,567")])
    func `thousands are set apart`(value: Int, text: String) {
        #expect(FigureText.grouped(value) == text)
    }

    @Test func `one target is told with its figures`() {
        let round = Samples.round(
            microseconds: Array(repeating: 1000, count: 20), serverCPU: .microseconds(3600))
        var plan = LoadPlan()
        plan.extent = .duration(.seconds(1))
        let report = LoadReport(
            plan: plan, targets: [TargetResult(target: "127.0.0.1:8443", rounds: [round])])
        #expect(
            report.text() == """
                Full handshakes: 64 connections, 1.00 s

                                      127.0.0.1:8443
                rate, 1/s                       20.0
                latency p50                  1.00 ms
                latency p90                  1.00 ms
                latency p99                  1.00 ms
                latency p99.9                1.00 ms
                latency max                  1.00 ms
                server CPU, each              180 µs
                handshake, bytes in            1,500
                handshake, bytes out             500
                resumed                         50 %
                failed                             0
                client CPU, busiest             50 %

                127.0.0.1:8443
                  TLSv1.3, TLS_AES_128_GCM_SHA256, X25519, ECDSA P-256, http/1.1  20
                """)
    }

    @Test func `two targets are told with their ratio and its spread`() {
        let report = LoadReport(
            plan: LoadPlan(),
            targets: [
                Samples.target("a:1", serverMicroseconds: [70, 72, 68]),
                Samples.target("b:2", serverMicroseconds: [100, 100, 100]),
            ])
        let lines = report.text().split(separator: "\n").map(String.init)
        #expect(lines[0] == "Full handshakes: 64 connections, 3 rounds by turns, 10.0 s each")
        #expect(lines.contains("server CPU, each      70.0 µs   100 µs   0.70    0.68 … 0.72"))
        #expect(lines.contains { $0.hasSuffix("a:1      b:2  ratio  in the rounds") })
    }

    @Test func `several rounds of one target are told with their spread`() {
        let report = LoadReport(
            plan: LoadPlan(), targets: [Samples.target("a:1", serverMicroseconds: [70, 72, 68])])
        #expect(report.text().contains("server CPU, each      70.0 µs  68.0 µs … 72.0 µs"))
    }

    @Test func `failures are told by kind, with their counts`() {
        let round = Samples.round(
            microseconds: [],
            failures: [.reset: 1200, .closedPort: 3, .alert(.unrecognizedName): 7])
        let text = LoadReport(
            plan: LoadPlan(), targets: [TargetResult(target: "a:1", rounds: [round])]
        ).text()
        #expect(text.contains("failed                1,210\n"), "\(text)")
        #expect(text.contains("\na:1\n  failed: reset                    1,200\n"))
        #expect(!text.contains("latency"))
    }

    @Test func `it is said when the client was the bottleneck, and when the rate was too high`() {
        var round = Samples.round("a:1", microseconds: [10], busiest: 0.99)
        round.tally.missed = 1500
        let text = LoadReport(
            plan: LoadPlan(), targets: [TargetResult(target: "a:1", rounds: [round])]
        ).text()
        #expect(text.contains("The client was the bottleneck against a:1: its busiest thread"))
        #expect(text.contains("1,500 handshakes against a:1 were due and never begun"))
        #expect(text.split(separator: "\n").allSatisfy { $0.count <= 100 })
    }

    @Test func `a terminal gets its head in bold, and nothing else does`() {
        let report = LoadReport(
            plan: LoadPlan(), targets: [Samples.target("a:1", serverMicroseconds: [70])])
        #expect(report.text(isStyled: true).contains("\u{1B}[1m"))
        #expect(!report.text().contains("\u{1B}"))
    }
}
