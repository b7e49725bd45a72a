// SPDX-License-Identifier: Apache-2.0
import Networking
import Provisioning
import TLS

/// Whoever decides: what is known, who obtains and renews, and the one service behind the API. On
/// the control loop.
struct ControlPlane: Sendable {
    let table: LoopBound<CertificateTable>
    let refusals: LoopBound<Refusals>
    let challenges: ChallengeTable
    let events: any EventSink
    let provisioner: Provisioner
    let renewal: Renewal
    let scan: CertificateScan
    let ticketKeys: TicketKeys
    let lifecycle: Lifecycle

    init(
        _ known: KnownState, provisioner: Provisioner, lifecycle: Lifecycle, ticketKeys: TicketKeys
    ) {
        table = known.table
        refusals = known.refusals
        challenges = known.challenges
        events = known.events
        self.provisioner = provisioner
        self.lifecycle = lifecycle
        self.ticketKeys = ticketKeys
        renewal = Renewal(
            table: known.table, provisioner: provisioner, events: known.events, managed: lifecycle)
        scan = CertificateScan(files: known.files, table: known.table, events: known.events)
    }
}
