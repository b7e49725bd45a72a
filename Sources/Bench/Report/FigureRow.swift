// SPDX-License-Identifier: Apache-2.0

/// A figure with its name and how it is written.
struct FigureRow: Sendable {
    let name: String
    let figure: Figure

    /// Those that a report shows, in its order.
    static let all = [
        FigureRow(name: "rate, 1/s", figure: .rate),
        FigureRow(name: "latency p50", figure: .latency(quantile: 0.5)),
        FigureRow(name: "latency p90", figure: .latency(quantile: 0.9)),
        FigureRow(name: "latency p99", figure: .latency(quantile: 0.99)),
        FigureRow(name: "latency p99.9", figure: .latency(quantile: 0.999)),
        FigureRow(name: "latency max", figure: .latency(quantile: 1)),
        FigureRow(name: "server CPU, each", figure: .serverCPU),
    ]

    func text(_ value: Double) -> String {
        figure == .rate ? FigureText.number(value) : FigureText.time(microseconds: value)
    }
}

extension LoadReport {
    /// Those that at least one target knows.
    var figureRows: [FigureRow] {
        FigureRow.all.filter { row in targets.contains { $0.spread(row.figure) != nil } }
    }

    /// How many rounds the target with the most of them has.
    var roundCount: Int { targets.map(\.rounds.count).max() ?? 0 }

    /// What was done, as a line.
    var summary: String { plan.summary(rounds: roundCount, targets: targets.count) }

    /// What a reader has to know before believing the figures: whole sentences.
    var warnings: [String] {
        bottleneck
            + targets.filter { $0.total.missed > 0 }.map { target in
                "\(FigureText.grouped(target.total.missed)) \(plan.operations) against \(target.target) "
                    + "were due and never begun, because too many before them were still waiting: "
                    + "this rate is more than it can do."
            }
    }

    /// Of all targets in one, because the remedy is the same.
    private var bottleneck: [String] {
        guard isClientBottleneck else { return [] }
        let names = limitedByClient.map(\.target).joined(separator: " and ")
        let shares = limitedByClient.map { FigureText.percent($0.clientBusiest) }
        return [
            "The client was the bottleneck against \(names): its busiest thread was on a CPU "
                + "\(shares.joined(separator: " and ")) of the time. What is shown is as much the "
                + "client's as the server's: the rate may be too low and the latency too high. Give "
                + "the client more --threads or a core of its own, or hold it to a --rate."
        ]
    }
}
