// SPDX-License-Identifier: Apache-2.0

/// What the health checks of one origin come to, result by result. Neither I/O nor clock.
///
/// The first result decides at once; from then on the verdict changes after so many of the contrary
/// in a row.
package struct OriginCheck: Sendable {
    private let unhealthyAfter: Int
    private let healthyAfter: Int
    /// nil: there was no result yet.
    package private(set) var isHealthy: Bool?
    private var contrary = 0

    package init(unhealthyAfter: Int, healthyAfter: Int) {
        self.unhealthyAfter = unhealthyAfter
        self.healthyAfter = healthyAfter
    }

    /// Takes in a result; true when the verdict is another one now.
    package mutating func saw(_ isGood: Bool) -> Bool {
        guard let isHealthy else {
            self.isHealthy = isGood
            return true
        }
        guard isGood != isHealthy else {
            contrary = 0
            return false
        }
        contrary += 1
        guard contrary >= (isHealthy ? unhealthyAfter : healthyAfter) else { return false }
        contrary = 0
        self.isHealthy = isGood
        return true
    }
}
