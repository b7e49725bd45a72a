// SPDX-License-Identifier: Apache-2.0

/// Durations as the configuration writes them: a number and a unit, "250ms", "10s", "12h", "7d".
enum DurationText {
    /// From the longest to the shortest, as whole nanoseconds.
    private static let units: [(name: String, nanoseconds: Int64)] = [
        ("d", 86_400_000_000_000), ("h", 3_600_000_000_000), ("m", 60_000_000_000),
        ("s", 1_000_000_000), ("ms", 1_000_000), ("us", 1_000),
    ]

    /// nil when `text` is not a number of at most nine digits and a unit.
    static func parse(_ text: String) -> Duration? {
        let digits = text.prefix { $0.isASCII && $0.isNumber }
        guard (1...9).contains(digits.count), let count = Int64(digits),
            let unit = units.first(where: { $0.name == text.dropFirst(digits.count) }),
            case let (nanoseconds, false) = count.multipliedReportingOverflow(by: unit.nanoseconds)
        else { return nil }
        return .nanoseconds(nanoseconds)
    }

    /// The shortest text that `parse` reads as the same duration, to the microsecond.
    static func text(_ duration: Duration) -> String {
        let (seconds, attoseconds) = duration.components
        let nanoseconds = seconds * 1_000_000_000 + attoseconds / 1_000_000_000
        guard nanoseconds != 0 else { return "0s" }
        let unit = units.first { nanoseconds % $0.nanoseconds == 0 } ?? ("us", 1_000)
        return "\(nanoseconds / unit.nanoseconds)\(unit.name)"
    }
}
