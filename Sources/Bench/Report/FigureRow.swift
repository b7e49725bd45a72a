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
        limitedByClient.map { target in
            "The client was the bottleneck against \(target.target): its busiest thread was on a CPU "
                + "\(FigureText.percent(target.clientBusiest)) of the time. The server may be able "
                + "to do more, and its latency is less than what is shown; give the client more "
                + "--threads or a core of its own, or hold it to a --rate."
        }
            + targets.filter { $0.total.missed > 0 }.map { target in
                "\(FigureText.grouped(target.total.missed)) \(plan.operations) against \(target.target) "
                    + "were due and never begun, because too many before them were still waiting: "
                    + "this rate is more than it can do."
            }
    }
}
