// SPDX-License-Identifier: Apache-2.0
import FoundationEssentials

extension Date {
    static func + (date: Date, duration: Duration) -> Date {
        date.addingTimeInterval(duration.timeInterval)
    }

    /// As ISO 8601 has them in files.
    var wholeSeconds: Date { Date(timeIntervalSince1970: timeIntervalSince1970.rounded(.down)) }

    func duration(to other: Date) -> Duration {
        .seconds(other.timeIntervalSince(self))
    }
}

extension Duration {
    /// In seconds, as `Date` counts.
    var timeInterval: Double {
        Double(components.seconds) + Double(components.attoseconds) * 1e-18
    }
}
