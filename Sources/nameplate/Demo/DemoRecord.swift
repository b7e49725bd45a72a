// SPDX-License-Identifier: Apache-2.0
import Provisioning
import Synchronization
import TLS

/// Remembers what provisioning reports, for the demo's page.
final class DemoRecord: EventSink {
    private struct Contents {
        var steps: [ServerName: [StepTime]] = [:]
        var trouble: String?
        var listener: (@Sendable (String) -> Void)?
    }

    private let contents = Mutex(Contents())

    func record(_ event: ProvisioningEvent) {
        switch event {
        case .provisioned(let name, _, let steps):
            contents.withLock { $0.steps[name] = steps }
            tell("\(name) has a certificate now, after \(Self.sum(steps))")
        case .failed(let name, let step, _, let why, _):
            trouble("\(name) has none: \(step.rawValue) failed: \(why)")
        case .delayed(let name, _): trouble("\(name) has none yet")
        case .refused(let name, _, let why, _, _): trouble("\(name) is refused: \(why)")
        case .storageFailed(let doing, let error): trouble("\(doing): \(error)")
        default: break
        }
    }

    /// How long each step of a domain's provision took.
    func steps(of name: ServerName) -> [StepTime] {
        contents.withLock { $0.steps[name] ?? [] }
    }

    /// What went wrong last.
    var trouble: String? { contents.withLock { $0.trouble } }

    /// Tells what happens from now on, a sentence each, on the control loop.
    func listen(_ listener: @escaping @Sendable (String) -> Void) {
        contents.withLock { $0.listener = listener }
    }

    private func trouble(_ sentence: String) {
        contents.withLock { $0.trouble = sentence }
        tell(sentence)
    }

    private func tell(_ sentence: String) {
        contents.withLock { $0.listener }?(sentence)
    }

    private static func sum(_ steps: [StepTime]) -> String {
        Milliseconds.text(steps.reduce(.zero) { $0 + $1.duration }) + " ms"
    }
}
