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

    /// Reads `offsetText`, with any offset, with or without a fraction; or a day, which begins in UTC.
    init?(offsetText text: String) {
        if text.utf8.count == 10 {
            guard let day = try? Date(text, strategy: .iso8601.year().month().day()) else {
                return nil
            }
            self = day
            return
        }
        let style = Date.ISO8601FormatStyle(timeZoneSeparator: .omitted)
        let whole = text.replacing(#/\.[0-9]+/#, with: "", maxReplacements: 1)
        // What stands behind a moment is not read: `2026-11-21T20:40:00+0000` and no more.
        guard whole.utf8.count == 24, let moment = try? Date(whole, strategy: style) else {
            return nil
        }
        self = moment
    }

    /// Milliseconds since 1970.
    var milliseconds: Int { Int((timeIntervalSince1970 * 1000).rounded()) }
}
