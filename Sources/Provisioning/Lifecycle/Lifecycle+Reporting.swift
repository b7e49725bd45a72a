// SPDX-License-Identifier: Apache-2.0
import Registry

/// What the operator is told of what is done here by itself: no client hears of it.
extension Lifecycle {
    enum Chore: String {
        case issuing = "working on issuance"
        case due = "doing what is due"
        case renewing = "renewing certificate"
        case settling = "settling what serves"
    }

    /// Says that a chore could not be done for `subject`, unless that was said of another one within the
    /// last minute.
    func report(_ error: LifecycleError, _ chore: Chore, _ subject: String = "") {
        let now = clock()
        if let last = reported[chore], last <= now, last + Self.reportInterval > now { return }
        reported[chore] = now
        let doing = subject.isEmpty ? chore.rawValue : "\(chore.rawValue) \(subject)"
        provisioner.events.record(.choreFailed(doing: doing, why: "\(error)"))
    }

    private static var reportInterval: Duration { .seconds(60) }
}
