// SPDX-License-Identifier: Apache-2.0
import Glibc

/// What is drawn of a report. Each target has its class, `first` or `second`; single rounds stand behind
/// the whole, faint.
extension LoadReport {
    /// Latency by how many did not exceed it, both axes logarithmic; nil when nothing was completed.
    var latencyPlot: Plot? {
        let known = targets.filter { $0.total.latency.count > 0 }
        guard let low = known.map(\.total.latency.min).min(),
            let high = known.map(\.total.latency.max).max(),
            let count = known.map(\.total.latency.count).max()
        else { return nil }
        let across = PlotAxis.percentiles(of: count)
        var plot = Plot(
            "Latency by percentile", across: across, "of all, in per cent",
            up: .times(from: low.inMicroseconds, to: high.inMicroseconds), "latency")
        for (target, style) in zip(targets, Self.styles) where target.rounds.count > 1 {
            for round in target.rounds {
                plot.draw(Self.curve(round.tally.latency), style: "\(style) faint")
            }
        }
        for (target, style) in zip(targets, Self.styles) {
            plot.draw(Self.curve(target.total.latency), style: style)
        }
        return plot
    }

    /// Operations a second in the course of time, the rounds one after the other; nil when it was too
    /// short.
    var ratePlot: Plot? {
        let series = targets.map(Self.rates)
        let highest = series.joined().joined().map(\.rate).max() ?? 0
        guard let end = series.compactMap({ $0.last?.last?.second }).max(), highest > 0 else {
            return nil
        }
        var plot = Plot(
            "Rate over time", across: .seconds(end), "time, rounds one after the other",
            up: .upTo(highest, label: FigureText.plain), "\(plan.operations) a second")
        for boundary in series.first?.dropFirst() ?? [] {
            if let second = boundary.first?.second { plot.divide(at: second) }
        }
        for (rounds, style) in zip(series, Self.styles) {
            for round in rounds { plot.draw(round.map { ($0.second, $0.rate) }, style: style) }
        }
        return plot
    }

    static let styles = ["first", "second"]

    /// The quantiles, more of them where few are left beyond.
    private static func curve(_ latency: LatencyHistogram) -> [(across: Double, up: Double)] {
        guard latency.count > 0 else { return [] }
        let end = log10(Double(latency.count))
        let steps = max(1, Int(end * stepsPerDecade))
        return (0...steps).map { step in
            let beyond = pow(10, end * Double(step) / Double(steps))
            let value = latency.quantile(1 - 1 / beyond).inMicroseconds
            return (beyond, step == steps ? latency.max.inMicroseconds : value)
        }
    }

    /// Round by round, a point for each of so many parts of the time that they can be told apart.
    private static func rates(
        _ target: TargetResult
    ) -> [[(second: Double, rate: Double)]] {
        let binCount = target.rounds.map(\.tally.completions.count).reduce(0, +)
        let width = max(1, (binCount + pointsMax - 1) / pointsMax)
        var start = 0.0
        return target.rounds.map { round in
            defer { start += round.tally.elapsed.inSeconds }
            let seconds = Double(width) * binSeconds
            // What is left of a part at the end of a round would look like a slump.
            let whole = min(
                Int(round.tally.elapsed.inSeconds / seconds), round.tally.completions.count / width)
            return (0..<whole).map { part in
                let completions = round.tally.completions[part * width..<(part + 1) * width]
                return (
                    start + (Double(part) + 0.5) * seconds,
                    Double(completions.reduce(0, +)) / seconds
                )
            }
        }
    }

    private static let stepsPerDecade = 60.0
    private static let binSeconds = 0.1
    private static let pointsMax = 200
}
