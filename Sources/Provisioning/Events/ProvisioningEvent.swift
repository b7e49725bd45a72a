// SPDX-License-Identifier: Apache-2.0
package import FoundationEssentials
package import Registry
package import Storage
package import TLS

/// What happens in provisioning that somebody may want to know. Values, not sentences: who writes
/// the log chooses the words.
package enum ProvisioningEvent: Sendable {
    /// All that storage holds was looked at once: how many certificates serve.
    case loaded(certificates: Int)
    /// A name was turned away before any order, at most once a minute each; `evidence` is what was
    /// looked up in DNS, a line each.
    case refused(ServerName, Refusal.Reason, why: String, evidence: [String], until: Date)
    /// A handshake was turned away because a bound was reached; at most once a minute each bound.
    case overloaded(Overload, ServerName)
    /// A new certificate is served, and how long each step took.
    case provisioned(ServerName, CertificateMetadata, [StepTime])
    /// Handshakes were held as long as they may be, and refused; the steps that were done by then.
    /// The provision goes on, and reports its end.
    case delayed(ServerName, done: [StepTime])
    /// A certificate was replaced by its successor.
    case renewed(CertificateName, CertificateMetadata, [StepTime])
    /// A provision or a renewal failed: at which step, whose side, in whose words, and when it is
    /// tried again.
    case failed(CertificateName, ProvisioningStep, Blame, why: String, until: Date)
    /// A domain no longer points here: its certificate is not renewed. Told once a domain.
    case moved(CertificateName, why: String)
    /// A domain that had moved points here again.
    case returned(CertificateName)
    /// The CA wants a certificate renewed earlier than planned, and where it says why.
    case advanced(CertificateName, due: Date, explanation: String?)
    /// An attempt at a certificate that somebody has ordered failed: `failure` says whose side, in whose
    /// words, `attempts` when it is made again by itself.
    case issuanceFailed(Issuance)
    /// What is done by itself for what is managed could not be done, and is tried again; at most once a
    /// minute each kind.
    case choreFailed(doing: String, why: String)
    /// So many events of visits found no room to be written down; what the same names do next makes up
    /// for them.
    case eventsLeftOut(Int)
    /// A pair in storage or configuration is not served. Told once for each state of its files.
    case pairRefused(String, PairProblem)
    /// Storage failed; what was in service stays in service.
    case storageFailed(doing: String, StorageError)
}

/// A part of a provision, in their order.
package enum ProvisioningStep: String, CaseIterable, Sendable {
    /// `on_demand.ask`.
    case permission
    /// CNAME, addresses, CAA.
    case eligibility
    case order, validation, finalize
    case store, publish
}

package struct StepTime: Hashable, Sendable {
    package let step: ProvisioningStep
    package let duration: Duration

    package init(_ step: ProvisioningStep, _ duration: Duration) {
        self.step = step
        self.duration = duration
    }
}

/// Who has to do something about a failure.
package enum Blame: String, Sendable {
    /// The customer: DNS or CAA of the domain, or what answers there.
    case domain
    /// The CA.
    case issuer
    /// Whoever runs this: account, configuration, disk.
    case `operator`
    /// Our own program.
    case us
}

/// Where events go. Called on the control loop, which must not wait for it.
package protocol EventSink: Sendable {
    func record(_ event: ProvisioningEvent)
}
