// SPDX-License-Identifier: Apache-2.0

/// How one target compares with another, measured by turns: a machine that gets slower meanwhile does so
/// for both.
package struct Comparison: Sendable {
    package let first: TargetResult
    package let second: TargetResult

    package init(_ first: TargetResult, _ second: TargetResult) {
        self.first = first
        self.second = second
    }

    /// nil when a round has no such figure, or it is zero.
    package func ratio(_ figure: Figure) -> Ratio? {
        let values = [first, second].map { $0.rounds.compactMap(figure.value) }
        guard values[0].count == first.rounds.count, values[1].count == second.rounds.count else {
            return nil
        }
        return Ratio(values[0], over: values[1])
    }
}

/// How many times one thing takes what another takes; below one: less.
package struct Ratio: Sendable, Equatable {
    /// The first's median divided by the second's.
    package let value: Double
    /// How far the same went in single rounds, each with the one it took turns with.
    package let low: Double
    package let high: Double
}

extension Ratio {
    /// nil without values, and when something is to be divided by zero.
    init?(_ first: [Double], over second: [Double]) {
        guard let above = Spread(first), let below = Spread(second), below.low > 0,
            let rounds = Spread(zip(first, second).map { $0 / $1 })
        else { return nil }
        value = above.median / below.median
        low = rounds.low
        high = rounds.high
    }
}
