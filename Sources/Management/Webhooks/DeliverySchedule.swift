// SPDX-License-Identifier: Apache-2.0
import FoundationEssentials

/// When a delivery that failed is tried again: ten attempts in two hours, each gap twice the one before.
enum DeliverySchedule {
    static let attemptsMax = 10
    /// 14 + 28 + … + 3584 seconds are 7154: two hours but for 46 seconds.
    static let firstGap: TimeInterval = 14

    /// Nil after the last attempt.
    static func retry(afterFailures failures: Int, at now: Date) -> Date? {
        guard (1..<attemptsMax).contains(failures) else { return nil }
        return now.addingTimeInterval(firstGap * Double(1 << (failures - 1)))
    }
}
