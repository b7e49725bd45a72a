// SPDX-License-Identifier: Apache-2.0
package import FoundationEssentials

/// When certificates are renewed. Pure arithmetic over dates.
package enum RenewalSchedule {
    /// A lifetime below this is short: half of it is used, not two thirds.
    package static let shortLifetime = Duration.seconds(10 * 86_400)
    /// How far jitter moves the moment, as a fraction of the lifetime, either way.
    package static let jitter = 0.02
    /// However late the CA's window is, this fraction of the lifetime is left for trouble.
    package static let guarded = 0.05

    /// When a certificate is due without a word of its CA: at the fraction `share` of its lifetime,
    /// or at half of a short one if that is earlier.
    ///
    /// Moved a little, always alike for the same name, so that what was issued together is not
    /// renewed together.
    package static func due(
        notBefore: Date, notAfter: Date, at share: Double, name: String
    ) -> Date {
        let lifetime = notBefore.duration(to: notAfter)
        let share = lifetime < shortLifetime ? min(share, 0.5) : share
        let shift = (2 * spread(name) - 1) * jitter
        return notBefore + lifetime * (share + shift)
    }

    /// When it is due by the CA's window (RFC 9773 §4.2): at a moment in it that stays the same for
    /// the same name, and not so late that nothing is left of the lifetime.
    package static func due(
        window: Range<Date>, notBefore: Date, notAfter: Date, name: String
    ) -> Date {
        let chosen =
            window.lowerBound
            + window.lowerBound.duration(to: window.upperBound) * spread(name)
        return min(chosen, notBefore + notBefore.duration(to: notAfter) * (1 - guarded))
    }

    /// The wait before a failed renewal is tried again: what the ladder says, but less when little
    /// of the lifetime is left, and never so little that the CA is hammered.
    package static func retry(
        ladder: Duration, notBefore: Date, notAfter: Date, now: Date
    ) -> Duration {
        let remaining = max(now.duration(to: notAfter), .zero)
        let floor = min(.seconds(60), notBefore.duration(to: notAfter) / 20)
        return max(min(ladder, remaining / 4), floor)
    }

    /// A fraction from 0 up to 1 that depends on the text alone, in every process: FNV-1a, its bits
    /// mixed because similar names have similar sums.
    package static func spread(_ text: String) -> Double {
        var hash: UInt64 = 0xcbf2_9ce4_8422_2325
        for byte in text.utf8 {
            hash = (hash ^ UInt64(byte)) &* 0x100_0000_01b3
        }
        hash = (hash ^ hash >> 29) &* 0xbf58_476d_1ce4_e5b9
        hash ^= hash >> 32
        return Double(hash >> 11) / 9_007_199_254_740_992
    }
}
