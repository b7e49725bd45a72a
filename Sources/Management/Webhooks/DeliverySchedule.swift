// SPDX-License-Identifier: Apache-2.0
import FoundationEssentials

/// When a delivery that failed is tried again: ten attempts within two hours, the first ones close
/// together, since most failures are over soon.
enum DeliverySchedule {
    /// Seconds between one attempt and the next: 6794 in all.
    private static let gaps: [TimeInterval] = [2, 5, 13, 35, 91, 238, 620, 1610, 4180]

    /// Nil after the last attempt.
    static func retry(afterFailures failures: Int, at now: Date) -> Date? {
        guard (1...gaps.count).contains(failures) else { return nil }
        return now.addingTimeInterval(gaps[failures - 1])
    }
}
