// SPDX-License-Identifier: Apache-2.0
import CLinux
import Glibc

/// A moment of the monotonic clock, for waits and deadlines; it means nothing after a restart.
///
/// Eight bytes and integer arithmetic: a connection moves its deadline with every request.
package struct Instant: Comparable, Hashable, Sendable {
    /// Nanoseconds of `CLOCK_MONOTONIC`.
    package let nanoseconds: UInt64

    package init(nanoseconds: UInt64) {
        self.nanoseconds = nanoseconds
    }

    /// Reads the clock (a vDSO call, about 20 ns). On a loop, `EventLoop.now` is cheaper.
    package static var now: Instant {
        var time = timespec()
        clock_gettime(CLOCK_MONOTONIC, &time)
        return Instant(
            nanoseconds: UInt64(time.tv_sec) &* 1_000_000_000 &+ UInt64(time.tv_nsec))
    }

    /// Later than every other moment.
    package static let distantFuture = Instant(nanoseconds: .max)

    package static func < (left: Instant, right: Instant) -> Bool {
        left.nanoseconds < right.nanoseconds
    }

    /// Saturates at `distantFuture`; a negative duration does not move the moment.
    package static func + (instant: Instant, duration: Duration) -> Instant {
        let (sum, overflow) = instant.nanoseconds.addingReportingOverflow(duration.nanoseconds)
        return overflow ? distantFuture : Instant(nanoseconds: sum)
    }

    /// How long from here to `other`; negative when `other` is earlier.
    package func duration(to other: Instant) -> Duration {
        other >= self
            ? .nanoseconds(Int64(clamping: other.nanoseconds - nanoseconds))
            : .zero - .nanoseconds(Int64(clamping: nanoseconds - other.nanoseconds))
    }
}

extension Duration {
    /// The whole nanoseconds in it, none when it is negative, saturating after 584 years.
    package var nanoseconds: UInt64 {
        // Not by way of `components`, which divides twice: connections move deadlines all the time.
        let whole = attoseconds / 1_000_000_000
        guard whole > 0 else { return 0 }
        return whole > Int128(UInt64.max) ? .max : UInt64(truncatingIfNeeded: whole)
    }
}
