// SPDX-License-Identifier: Apache-2.0
import Networking

/// How long things took: counts in buckets whose width grows with the value, so that every quantile
/// is right to within 1/256 of itself, in memory that does not depend on what was recorded.
///
/// Below 256 ns a bucket is one nanosecond; above, each doubling is divided into 128 buckets.
/// Recording costs a few nanoseconds and allocates nothing.
package struct LatencyHistogram: Sendable, Equatable {
    private var counts = [Int](repeating: 0, count: Self.bucketCount)
    private var total: UInt128 = 0
    private var least = UInt64.max
    private var most: UInt64 = 0

    /// How many were recorded.
    package private(set) var count = 0

    package init() {}

    /// The shortest, exactly; zero when there is none.
    package var min: Duration { count == 0 ? .zero : .nanoseconds(Int64(clamping: least)) }

    /// The longest, exactly; zero when there is none.
    package var max: Duration { .nanoseconds(Int64(clamping: most)) }

    /// Zero when there is none.
    package var mean: Duration {
        count == 0 ? .zero : .nanoseconds(Int64(clamping: total / UInt128(count)))
    }

    /// Counts one. A negative duration counts as none at all.
    package mutating func record(_ duration: Duration) {
        record(nanoseconds: duration.nanoseconds)
    }

    /// Counts one. One beyond 73 minutes is counted as such, but is exact in `max` and `mean` alone.
    package mutating func record(nanoseconds: UInt64) {
        counts[Self.index(of: nanoseconds)] += 1
        count += 1
        total += UInt128(nanoseconds)
        most = Swift.max(most, nanoseconds)
        least = Swift.min(least, nanoseconds)
    }

    /// Counts what `other` counted.
    package mutating func merge(_ other: LatencyHistogram) {
        for index in counts.indices { counts[index] += other.counts[index] }
        count += other.count
        total += other.total
        most = Swift.max(most, other.most)
        least = Swift.min(least, other.least)
    }

    /// The shortest duration that at least this share of the recorded ones does not exceed, 0 … 1;
    /// zero when there is none.
    package func quantile(_ share: Double) -> Duration {
        let rank = Swift.max(1, Int((share * Double(count)).rounded(.up)))
        guard rank < count else { return max }
        var seen = 0
        for (index, bucketCount) in counts.enumerated() where bucketCount > 0 {
            seen += bucketCount
            if seen >= rank { return Swift.min(Swift.max(Self.middle(of: index), min), max) }
        }
        return max
    }

    /// Calls `body` with each bucket that has something in it, from the shortest: durations from
    /// `lower` up to but not including `upper`.
    package func forEachBucket(
        _ body: (_ lower: Duration, _ upper: Duration, _ count: Int) -> Void
    ) {
        for (index, bucketCount) in counts.enumerated() where bucketCount > 0 {
            let (lower, width) = Self.bounds(of: index)
            body(.nanoseconds(lower), .nanoseconds(lower + width), bucketCount)
        }
    }

    private static func middle(of index: Int) -> Duration {
        let (lower, width) = bounds(of: index)
        return .nanoseconds(lower + (width - 1) / 2)
    }

    private static func index(of nanoseconds: UInt64) -> Int {
        let value = Swift.min(nanoseconds, (1 << exponentEnd) - 1)
        guard value >= linearCount else { return Int(value) }
        let exponent = UInt64.bitWidth - 1 - value.leadingZeroBitCount
        let step = Int(value >> (exponent - stepBits)) - stepCount
        return linearCount + (exponent - stepBits - 1) * stepCount + step
    }

    private static func bounds(of index: Int) -> (lower: Int64, width: Int64) {
        guard index >= linearCount else { return (Int64(index), 1) }
        let (doubling, step) = (index - linearCount).quotientAndRemainder(dividingBy: stepCount)
        let shift = doubling + 1
        return (Int64(stepCount + step) << shift, 1 << shift)
    }

    /// How many there are whatever is recorded: 36 KiB of counts.
    static let bucketCount = linearCount + (exponentEnd - stepBits - 1) * stepCount

    private static let stepBits = 7
    private static let stepCount = 1 << stepBits
    private static let linearCount = 2 * stepCount
    /// Durations from 2 to this power nanoseconds, 73 minutes, share the last bucket.
    private static let exponentEnd = 42
}
