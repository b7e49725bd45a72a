// SPDX-License-Identifier: Apache-2.0
import Networking

/// How much of one kind of nuisance a peer has left: a bucket of tokens that fills with time, and
/// with honest work.
struct NuisanceBudget: Equatable, Sendable {
    /// When the bucket will be full again, in nanoseconds.
    private var fullAt: UInt64 = 0
    /// Tokens on top, which work of use has earned.
    private var earned: UInt32 = 0

    /// Work of use was done: `tokens` more, up to the burst once again.
    mutating func earn(_ tokens: UInt32, _ allowance: NuisanceAllowance) {
        earned = min(earned &+ tokens, allowance.burst)
    }

    /// Takes a token; false when there is none.
    mutating func spend(_ allowance: NuisanceAllowance, at now: Instant) -> Bool {
        if earned > 0 {
            earned -= 1
            return true
        }
        let interval = 1_000_000_000 / UInt64(max(allowance.perSecond, 1))
        let start = max(fullAt, now.nanoseconds)
        let taken = start - now.nanoseconds
        guard taken &+ interval <= interval &* UInt64(allowance.burst) else { return false }
        fullAt = start &+ interval
        return true
    }
}

/// How much of one kind of nuisance is put up with.
package struct NuisanceAllowance: Equatable, Sendable {
    /// So many at once.
    package var burst: UInt32
    /// So many a second after that.
    package var perSecond: UInt32

    package init(burst: UInt32, perSecond: UInt32) {
        self.burst = burst
        self.perSecond = perSecond
    }
}
