// SPDX-License-Identifier: Apache-2.0
package import FoundationEssentials

/// When a certificate that never was issued is attempted again by itself: a CA comes back, a quota fills up,
/// a record spreads. Pure.
package struct AttemptSchedule: Sendable {
    /// After the first failed attempt, the second, …; the last one stands for all that follow. Default: 1, 5
    /// and 15 minutes, 1 hour, 4 hours. Let's Encrypt takes five failed validations of a name an hour.
    package var pauses: [Duration] = [60, 300, 900, 3600, 14_400].map { .seconds($0) }
    /// Attempts in all. Default: 50.
    package var attemptsMax = 50
    /// How long after the first failure others are begun. Default: 7 days.
    package var patience = Duration.seconds(7 * 86_400)
    /// What a CA's `Retry-After` is believed at most. Default: a day.
    package var retryAfterMax = Duration.seconds(86_400)
    /// How much longer a wait may be than it is said to be, as a fraction of it: what failed together does
    /// not come back together.
    package static let jitter = 0.2

    package init() {}

    /// The next attempt after one that failed at `now`; nil: it was the last.
    ///
    /// - Parameters:
    ///   - failures: failed attempts, with this one.
    ///   - first: when the first of them failed.
    ///   - key: of what is attempted; its moments are the same in every process.
    package func next(
        afterFailures failures: Int, since first: Date, at now: Date, askedToWait: Duration?,
        key: String
    ) -> Date? {
        guard failures < attemptsMax, let last = pauses.last else { return nil }
        let pause = failures <= pauses.count ? pauses[max(failures, 1) - 1] : last
        let wait = max(pause, min(askedToWait ?? .zero, retryAfterMax))
        let spread = Self.jitter * RenewalSchedule.spread("\(key) \(failures)")
        let next = now + wait * (1 + spread)
        return first.duration(to: next) <= patience ? next : nil
    }
}
