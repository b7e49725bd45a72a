// SPDX-License-Identifier: Apache-2.0
package import FoundationEssentials

/// The time as Date fields have it (RFC 9110 §5.6.7), written out once a second.
package struct ResponseClock {
    private var second = Int.min
    private var text: [UInt8] = []

    package init() {}

    /// `Sun, 06 Nov 1994 08:49:37 GMT` for `now`.
    package mutating func date(_ now: Date = .now) -> [UInt8] {
        let current = Int(now.timeIntervalSince1970.rounded(.down))
        if current != second {
            second = current
            text = Self.format(current)
        }
        return text
    }

    private static let weekdays = ["Thu", "Fri", "Sat", "Sun", "Mon", "Tue", "Wed"]
    private static let months = [
        "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
    ]

    private static func format(_ second: Int) -> [UInt8] {
        let days = second / 86400
        var calendar = Calendar(identifier: .gregorian)
        calendar.timeZone = .gmt
        let parts = calendar.dateComponents(
            [.year, .month, .day], from: Date(timeIntervalSince1970: Double(second)))
        guard let year = parts.year, let month = parts.month, let day = parts.day else { return [] }
        let clock = [second / 3600 % 24, second / 60 % 60, second % 60].map(twoDigits)
        let date = "\(twoDigits(day)) \(months[month - 1]) \(year)"
        return Array(
            "\(weekdays[days % 7]), \(date) \(clock.joined(separator: ":")) GMT".utf8)
    }

    private static func twoDigits(_ number: Int) -> String {
        number < 10 ? "0\(number)" : "\(number)"
    }
}
