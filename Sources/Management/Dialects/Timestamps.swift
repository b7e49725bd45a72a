// SPDX-License-Identifier: Apache-2.0
import FoundationEssentials

/// Moments as the dialects write them, always in UTC.
extension Date {
    /// `2026-11-21T20:40:00Z`
    var secondsText: String { formatted(.iso8601) }

    /// `2026-11-21`
    var dayText: String { formatted(.iso8601.year().month().day()) }

    /// `2026-11-21T20:40:00.000+0000`: AutoDNS' clients expect a fraction, and an offset without colon.
    var offsetText: String { String(secondsText.dropLast()) + ".000+0000" }

    /// Milliseconds since 1970.
    var milliseconds: Int { Int((timeIntervalSince1970 * 1000).rounded()) }
}
