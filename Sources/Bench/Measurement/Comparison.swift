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

    /// The first's median divided by the second's, and how far the same ratio went in single rounds,
    /// each with the one it took turns with. nil when a round has no such figure, or it is zero.
    package func ratio(_ figure: Figure) -> Ratio? {
        guard let first = first.spread(figure), let second = second.spread(figure),
            second.low > 0,
            let rounds = Spread(
                zip(values(figure, of: self.first), values(figure, of: self.second)).map { $0 / $1 }
            )
        else { return nil }
        return Ratio(value: first.median / second.median, low: rounds.low, high: rounds.high)
    }

    private func values(_ figure: Figure, of target: TargetResult) -> [Double] {
        target.rounds.compactMap(figure.value)
    }

    /// Below one: the first has less of it.
    package struct Ratio: Sendable, Equatable {
        package let value: Double
        package let low: Double
        package let high: Double
    }
}
