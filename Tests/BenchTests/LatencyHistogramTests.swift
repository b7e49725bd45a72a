// SPDX-License-Identifier: Apache-2.0
import Foundation
import Networking
import Testing

@testable import Bench

@Suite struct LatencyHistogramTests {
    /// Durations of every order of magnitude, from one nanosecond to an hour.
    private func samples(_ count: Int) -> [UInt64] {
        (0..<count).map { _ in
            let exponent = Double.random(in: 0..<41.7)
            return UInt64(Foundation.exp2(exponent))
        }
    }

    private func histogram(_ nanoseconds: some Sequence<UInt64>) -> LatencyHistogram {
        var histogram = LatencyHistogram()
        for value in nanoseconds { histogram.record(nanoseconds: value) }
        return histogram
    }

    @Test(arguments: [0, 0.01, 0.5, 0.9, 0.99, 0.999, 1])
    func `a quantile is right to within 1/256 of itself`(share: Double) {
        for count in [1, 2, 10, 1000] {
            let values = samples(count).sorted()
            let exact = values[max(0, Int((share * Double(count)).rounded(.up)) - 1)]
            let found = histogram(values).quantile(share).nanoseconds
            let error = abs(Double(found) - Double(exact)) / Double(exact)
            #expect(error <= 1.0 / 256, "\(found) for \(exact)")
        }
    }

    @Test func `every single value comes back to within 1/256 of itself`() {
        for value in samples(5000) + [1, 127, 128, 129, 255, 256, 257, 511, 512, 513, 1 << 41] {
            // A second, larger one, because the last is exact anyway.
            let found = histogram([value, value * 2]).quantile(0.5).nanoseconds
            #expect(abs(Double(found) - Double(value)) <= Double(value) / 256, "\(value)")
        }
    }

    @Test func `the quantiles of a known set are its own`() {
        let histogram = histogram(1...100)
        for (share, value) in [(0, 1), (0.5, 50), (0.9, 90), (0.99, 99), (0.991, 100), (1, 100)] {
            #expect(histogram.quantile(share) == .nanoseconds(value), "\(share)")
        }
        #expect(histogram.mean == .nanoseconds(50))
        #expect(histogram.count == 100)
        #expect((histogram.min, histogram.max) == (.nanoseconds(1), .nanoseconds(100)))
    }

    @Test func `merging is the same as recording together`() {
        let (left, right) = (samples(500), samples(700))
        var merged = histogram(left)
        merged.merge(histogram(right))
        #expect(merged == histogram(left + right))
        merged.merge(LatencyHistogram())
        #expect(merged == histogram(left + right))
        var other = LatencyHistogram()
        other.merge(merged)
        #expect(other == merged)
    }

    @Test func `what lies beyond its range is counted and exact in the maximum`() {
        var histogram = histogram([1, .max])
        histogram.record(.seconds(100_000))
        histogram.record(.seconds(-1))
        #expect(histogram.count == 4)
        #expect(histogram.min == .zero)
        #expect(histogram.max.nanoseconds == UInt64(Int64.max))
        #expect(histogram.quantile(0.75) > .seconds(4000))
    }

    @Test func `its memory does not grow with what is recorded`() {
        #expect(LatencyHistogram.bucketCount * MemoryLayout<Int>.stride <= 36 * 1024)
        var used = 0
        histogram(samples(50_000)).forEachBucket { _, _, _ in used += 1 }
        #expect(used <= LatencyHistogram.bucketCount)
    }

    @Test func `its buckets hold all, in order, and do not overlap`() {
        let values = samples(2000)
        var previous = Duration.zero
        var total = 0
        histogram(values).forEachBucket { lower, upper, count in
            #expect(lower >= previous && upper > lower && count > 0)
            let inside = values.filter { lower.nanoseconds..<upper.nanoseconds ~= $0 }
            #expect(inside.count == count)
            (previous, total) = (upper, total + count)
        }
        #expect(total == values.count)
    }

    @Test func `an empty one answers zero`() {
        let histogram = LatencyHistogram()
        #expect(histogram.quantile(0.5) == .zero && histogram.mean == .zero)
        #expect(histogram.min == .zero && histogram.max == .zero)
    }
}
