// SPDX-License-Identifier: Apache-2.0
import FoundationEssentials

extension Date {
    static func + (date: Date, duration: Duration) -> Date {
        date.addingTimeInterval(duration.timeInterval)
    }

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
