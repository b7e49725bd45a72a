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
            "Latency by percentile", across: across, "percentile",
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
        let starts = roundStarts
        let width = max(1, (binCount + Self.pointsMax - 1) / Self.pointsMax)
        let series = targets.map { target in
            zip(target.rounds, starts).map { Self.rates($0, from: $1, width: width) }
        }
        let highest = series.joined().joined().map(\.rate).max() ?? 0
        guard let end = starts.last, highest > 0 else { return nil }
        var plot = Plot(
            "Rate over time", across: .seconds(end),
            roundCount > 1 ? "time, rounds one after the other" : "time",
            up: .upTo(highest, label: FigureText.plain), "\(plan.operations) a second")
        for start in starts.dropFirst().dropLast() { plot.divide(at: start) }
        for (rounds, style) in zip(series, Self.styles) {
            for round in rounds { plot.draw(round.map { ($0.second, $0.rate) }, style: style) }
        }
        return plot
    }

    /// When each round begins, of both targets alike, and after the last one when it ends.
    private var roundStarts: [Double] {
        var starts = [0.0]
        for index in 0..<roundCount {
            let lengths = targets.filter { index < $0.rounds.count }
                .map { $0.rounds[index].tally.elapsed.inSeconds }
            starts.append((starts.last ?? 0) + (lengths.max() ?? 0))
        }
        return starts
    }

    /// In all rounds of the target that has the most.
    private var binCount: Int {
        targets.map { $0.rounds.map(\.tally.completions.count).reduce(0, +) }.max() ?? 0
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

    /// A point for each `width` bins. What is left at the end is left out: it would look like a slump.
    private static func rates(
        _ round: Round, from start: Double, width: Int
    ) -> [(second: Double, rate: Double)] {
        let seconds = Double(width) * binSeconds
        let completions = round.tally.completions
        let whole = min(
            Int(round.tally.elapsed.inSeconds / seconds + 1e-6), completions.count / width)
        return (0..<whole).map { part in
            let count = completions[part * width..<(part + 1) * width].reduce(0, +)
            return (start + (Double(part) + 0.5) * seconds, Double(count) / seconds)
        }
    }

    private static let stepsPerDecade = 60.0
    private static let binSeconds = 0.1
    private static let pointsMax = 200
}
