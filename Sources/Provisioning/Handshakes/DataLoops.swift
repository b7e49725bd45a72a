// SPDX-License-Identifier: Apache-2.0
import FoundationEssentials
package import Networking
package import TLS

/// What every data loop knows. A value: a new one replaces it as a whole, by message.
package struct PublishedState: Sendable {
    package var certificates = CertificateIndex()
    /// The operator's own, which are in `certificates` too.
    package var configured: [StoredCertificate] = []
    /// What clients get who send no name.
    package var fallback: StoredCertificate?
    package var refusals = ShardedMap<ServerName, Refusal>()
    package var withdrawals = Withdrawals()
    package var challenges = ChallengeResponses()

    package init() {}

    /// The certificate for `host` that is valid at `now`, and the name under which it was found: by a
    /// wildcard that was deprovisioned none is.
    func certificate(
        for host: ServerName, at now: Date
    ) -> (name: CertificateName, certificate: StoredCertificate)? {
        let found = certificates.certificate(for: host, at: now)
        guard let found, !withdrawals.contains(found.name) else { return nil }
        return found
    }
}

/// The data loops as the control loop sees them: those who are told.
///
/// Lives on the control loop. Messages arrive in the order in which they were sent.
package final class DataLoops {
    /// What was published last.
    package private(set) var state = PublishedState()
    private let control: EventLoop
    private var loops: [LoopBound<LoopCertificates>] = []

    package init(control: EventLoop) {
        self.control = control
    }

    /// Adds a loop, which gets everything there is.
    package func attach(_ certificates: LoopBound<LoopCertificates>) {
        loops.append(certificates)
        let state = state
        certificates.loop.execute { certificates.value.receive(state, changed: []) }
    }

    /// Changes the state and tells every loop; `change` answers the names for which another
    /// certificate is to be served from now on.
    package func update(_ change: (inout PublishedState) -> Set<CertificateName>) {
        let changed = change(&state)
        let state = state
        for certificates in loops {
            certificates.loop.execute { certificates.value.receive(state, changed: changed) }
        }
    }

    /// Refuses these names from now on, or no longer.
    package func set(_ names: Set<CertificateName>, areWithdrawn: Bool) {
        for name in names { state.withdrawals.set(name, isWithdrawn: areWithdrawn) }
        let state = state
        for certificates in loops {
            certificates.loop.execute {
                certificates.value.receive(state, changed: names)
                for name in names { certificates.value.onWithdrawal(name, areWithdrawn) }
            }
        }
    }

    /// Returns when every loop has what was published before the call.
    package func settled() async {
        guard !loops.isEmpty else { return }
        await withCheckedContinuation { continuation in
            let arrivals = LoopBound(Arrivals(loops.count, continuation), on: control)
            for certificates in loops {
                certificates.loop.execute { [control] in
                    control.execute { arrivals.value.count() }
                }
            }
        }
    }
}

/// Counts acknowledgements down.
private final class Arrivals {
    private var missing: Int
    private let continuation: CheckedContinuation<Void, Never>

    init(_ count: Int, _ continuation: CheckedContinuation<Void, Never>) {
        missing = count
        self.continuation = continuation
    }

    func count() {
        missing -= 1
        if missing == 0 { continuation.resume() }
    }
}
