// SPDX-License-Identifier: Apache-2.0
import FoundationEssentials

/// Dates as HTTP fields carry them (RFC 9110 §5.6.7).
enum HTTPDate {
    /// The preferred form and the two obsolete ones: "Sun, 06 Nov 1994 08:49:37 GMT",
    /// "Sunday, 06-Nov-94 08:49:37 GMT", "Sun Nov  6 08:49:37 1994". Nil for anything else.
    ///
    /// `now` settles the century of two-digit years.
    static func parse(_ text: String, now: Date) -> Date? {
        var words = text.split { " ,-".contains($0) }
        if words.count == 6, words.last == "GMT" {
            words.removeLast()
        } else if words.count == 5, number(words[1]) == nil {
            // The last form: the month before the day, the year at the end.
            words = [words[0], words[2], words[1], words[4], words[3]]
        } else {
            return nil
        }
        guard let day = number(words[1]), (1...31).contains(day),
            let month = months.firstIndex(of: String(words[2])), var year = number(words[3]),
            let seconds = secondsOfDay(words[4])
        else { return nil }
        if words[3].utf8.count == 2 {
            // RFC 9110 §5.6.7: over fifty years ahead means the past century.
            let thisYear = Int(now.timeIntervalSince1970 / 31_556_952) + 1970
            year += 2000
            if year > thisYear + 50 { year -= 100 }
        }
        let days = daysSince1970(year: year, month: month + 1, day: day)
        return Date(timeIntervalSince1970: Double(days * 86_400 + seconds))
    }

    private static let months = [
        "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
    ]

    private static func number(_ text: Substring) -> Int? {
        guard (1...4).contains(text.utf8.count),
            text.utf8.allSatisfy({ (0x30...0x39).contains($0) })
        else { return nil }
        return Int(text)
    }

    private static func secondsOfDay(_ text: Substring) -> Int? {
        let parts = text.split(separator: ":").map { number($0) ?? -1 }
        // 60 is a leap second.
        guard parts.count == 3, (0...23).contains(parts[0]), (0...59).contains(parts[1]),
            (0...60).contains(parts[2])
        else { return nil }
        return parts[0] * 3600 + parts[1] * 60 + parts[2]
    }

    /// Of the Gregorian calendar, counted in years that begin in March: then the leap day is last.
    private static func daysSince1970(year: Int, month: Int, day: Int) -> Int {
        let year = month > 2 ? year : year - 1
        let dayOfYear = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1
        return 365 * year + year / 4 - year / 100 + year / 400 + dayOfYear - 719_468
    }
}
