// SPDX-License-Identifier: Apache-2.0
package import FoundationEssentials
package import TLS

/// When something is to be done about each certificate. Pure: knows dates, not clocks.
///
/// Each directory has one moment; a new one takes the place of the old.
package struct RenewalQueue: Sendable {
    private var moments: [CertificateName: Date] = [:]
    /// May hold what was replaced.
    private var order = DeadlineQueue<CertificateName>()

    package init() {}

    package var count: Int { moments.count }

    /// The earliest moment at which `popDue` may answer something.
    package var next: Date? { order.first?.moment }

    /// When it is that directory's turn.
    package func moment(of directory: CertificateName) -> Date? { moments[directory] }

    package mutating func set(_ directory: CertificateName, at moment: Date) {
        moments[directory] = moment
        order.insert(directory, at: moment)
        guard order.count > 2 * moments.count + 64 else { return }
        order = DeadlineQueue()
        for (directory, moment) in moments { order.insert(directory, at: moment) }
    }

    package mutating func remove(_ directory: CertificateName) {
        moments[directory] = nil
    }

    /// Takes out one that is due.
    package mutating func popDue(at now: Date) -> CertificateName? {
        while let deadline = order.popDue(at: now) {
            guard moments[deadline.element] == deadline.moment else { continue }
            moments[deadline.element] = nil
            return deadline.element
        }
        return nil
    }
}
