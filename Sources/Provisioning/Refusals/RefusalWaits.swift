// SPDX-License-Identifier: Apache-2.0

/// How long a refused name waits before it is tried again.
package struct RefusalWaits: Sendable {
    /// After a gate of ours said no. Default: 60 s.
    package var denied = Duration.seconds(60)
    /// After DNS said no: its negative TTL, within these. Default: 30 to 300 s.
    package var notEligible = Duration.seconds(30)...Duration.seconds(300)
    /// After the first, second, … failure in a row; the last one stands for all that follow.
    /// Default: 1, 10, 100 minutes, a day.
    package var ladder: [Duration] = [
        .seconds(60), .seconds(600), .seconds(6000), .seconds(86_400),
    ]
    /// What a CA's `Retry-After` is believed. Default: 1 minute to a day.
    package var retryAfter = Duration.seconds(60)...Duration.seconds(86_400)
    /// How long after its wait a failure still counts for the next rung. Default: a day.
    package var failureMemory = Duration.seconds(86_400)
    /// The shortest time between two reports about one name. Default: 60 s.
    package var reportInterval = Duration.seconds(60)

    package init() {}

    /// The wait after `failures` failures in a row, the first being 1.
    package func afterFailure(_ failures: Int) -> Duration {
        let rung = min(max(failures, 1), ladder.count)
        return rung == 0 ? denied : ladder[rung - 1]
    }

    package func afterIneligible(negativeTTL: Duration?) -> Duration {
        (negativeTTL ?? notEligible.lowerBound).clamped(to: notEligible)
    }

    package func afterRateLimit(_ retryAfter: Duration) -> Duration {
        retryAfter.clamped(to: self.retryAfter)
    }
}

extension Comparable {
    func clamped(to range: ClosedRange<Self>) -> Self {
        min(max(self, range.lowerBound), range.upperBound)
    }
}
