// SPDX-License-Identifier: Apache-2.0
import Provisioning
import Synchronization
import TLS

/// Remembers what provisioning reports, for the demo's page.
final class DemoRecord: EventSink {
    private let provisioned = Mutex<[ServerName: [StepTime]]>([:])
    private let failure = Mutex<String?>(nil)

    func record(_ event: ProvisioningEvent) {
        switch event {
        case .provisioned(let name, _, let steps): provisioned.withLock { $0[name] = steps }
        case .failed(_, let step, _, let why, _): note("\(step.rawValue) failed: \(why)")
        case .refused(_, let reason, let why, _, _): note("\(reason.rawValue): \(why)")
        case .storageFailed(let doing, let error): note("\(doing): \(error)")
        default: break
        }
    }

    /// How long each step of a domain's provision took.
    func steps(of name: ServerName) -> [StepTime] {
        provisioned.withLock { $0[name] ?? [] }
    }

    /// What went wrong last.
    var trouble: String? { failure.withLock { $0 } }

    private func note(_ text: String) {
        failure.withLock { $0 = text }
    }
}
