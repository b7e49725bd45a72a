// SPDX-License-Identifier: Apache-2.0
import Testing

@testable import Bench

@Suite struct ComparisonTests {
    @Test(arguments: [
        ([7.0], 7.0, 7.0, 7.0),
        ([3, 1, 2], 2, 1, 3),
        ([4, 1, 3, 2], 2.5, 1, 4),
        ([1, 1, 1, 1, 100], 1, 1, 100),
    ])
    func `a spread is the median, the least and the greatest`(
        values: [Double], median: Double, low: Double, high: Double
    ) throws {
        let spread = try #require(Spread(values))
        #expect((spread.median, spread.low, spread.high) == (median, low, high))
        #expect(spread.count == values.count)
        #expect(Spread(values.reversed()) == spread)
    }

    @Test func `nothing has no spread`() {
        #expect(Spread([]) == nil)
    }

    @Test func `a ratio is that of the medians, its spread that of the rounds`() throws {
        // The third pair of rounds met a machine of half the speed.
        let comparison = Comparison(
            Samples.target(serverMicroseconds: [70, 72, 140, 68, 71]),
            Samples.target(serverMicroseconds: [100, 100, 200, 100, 100]))
        let ratio = try #require(comparison.ratio(.serverCPU))
        #expect(abs(ratio.value - 0.71) < 1e-9)
        #expect(abs(ratio.low - 0.68) < 1e-9 && abs(ratio.high - 0.72) < 1e-9)
    }

    @Test func `rate and latency are compared too`() throws {
        let comparison = Comparison(
            Samples.target(serverMicroseconds: [70], latency: 500, operations: 40),
            Samples.target(serverMicroseconds: [100], latency: 1000, operations: 20))
        #expect(comparison.ratio(.rate) == .init(value: 2, low: 2, high: 2))
        #expect(comparison.ratio(.median) == .init(value: 0.5, low: 0.5, high: 0.5))
    }

    @Test func `what one of them does not know is not compared`() {
        let unseen = TargetResult(target: "a", rounds: [Samples.round(microseconds: [1])])
        let seen = Samples.target(serverMicroseconds: [100])
        #expect(Comparison(seen, unseen).ratio(.serverCPU) == nil)
        #expect(Comparison(unseen, seen).ratio(.serverCPU) == nil)
        let failed = TargetResult(target: "b", rounds: [Samples.round(microseconds: [])])
        #expect(Comparison(seen, failed).ratio(.median) == nil)
        #expect(Comparison(seen, failed).ratio(.rate) == nil)
    }

    @Test func `a round knows its rate and the CPU time of an operation`() {
        let round = Samples.round(
            microseconds: Array(repeating: 10, count: 50), serverCPU: .milliseconds(5))
        #expect(round.rate == 50)
        #expect(round.cpuPerOperation == .microseconds(100))
        #expect(round.clientCPUPerOperation == .microseconds(40))
        let empty = Samples.round(microseconds: [], serverCPU: .milliseconds(5))
        #expect(empty.rate == 0 && empty.cpuPerOperation == nil)
        #expect(empty.clientCPUPerOperation == nil)
    }

    @Test func `a figure is the median of the rounds, and not of all operations`() throws {
        let target = TargetResult(
            target: "a",
            rounds: [
                Samples.round(microseconds: [100]), Samples.round(microseconds: [110]),
                Samples.round(microseconds: Array(repeating: 9000, count: 100)),
            ])
        let spread = try #require(target.spread(.median))
        #expect(spread.median == 110)
        #expect(target.total.completed == 102)
    }

    @Test(arguments: [(0.5, false), (0.94, false), (0.95, true), (1.0, true)])
    func `a client without CPU time left was the bottleneck`(busiest: Double, isBottleneck: Bool) {
        let idle = Samples.target(serverMicroseconds: [10])
        let busy = Samples.target("b", serverMicroseconds: [10, 10], busiest: busiest)
        let report = LoadReport(plan: LoadPlan(), targets: [idle, busy])
        #expect(report.isClientBottleneck == isBottleneck)
        #expect(report.limitedByClient.map(\.target) == (isBottleneck ? ["b"] : []))
    }
}
