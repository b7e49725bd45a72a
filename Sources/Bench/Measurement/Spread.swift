// SPDX-License-Identifier: Apache-2.0

/// What a figure was in several rounds: its median, and the least and the greatest.
package struct Spread: Sendable, Equatable {
    package let median: Double
    package let low: Double
    package let high: Double
    /// In how many rounds.
    package let count: Int

    /// nil when there are no values.
    package init?(_ values: some Sequence<Double>) {
        let sorted = values.sorted()
        guard let low = sorted.first, let high = sorted.last else { return nil }
        let middle = sorted.count / 2
        median =
            sorted.count.isMultiple(of: 2)
            ? (sorted[middle - 1] + sorted[middle]) / 2 : sorted[middle]
        self.low = low
        self.high = high
        count = sorted.count
    }
}
