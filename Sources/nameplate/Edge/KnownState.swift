// SPDX-License-Identifier: Apache-2.0
import Networking
import Provisioning
import Registry
import Storage

/// What the edge knows of names and certificates, whoever is told when it changes, and where it is
/// kept. On the control loop.
struct KnownState: Sendable {
    let registry: Registry
    let table: LoopBound<CertificateTable>
    let refusals: LoopBound<Refusals>
    let challenges: ChallengeTable
    let files: CertificateFiles
    /// Told of all that happens, which the registry writes down.
    let events: any EventSink
    /// How data loops learn of it.
    private let published: LoopBound<DataLoops>

    /// Knows nothing yet; answers for the challenge zone from now on, where one is configured.
    ///
    /// - Parameter events: told too, after the registry.
    init(
        _ configuration: Configuration, on foundation: EdgeFoundation, told events: any EventSink
    ) async throws(EdgeError) {
        let control = foundation.control
        let published = DataLoops(control: control)
        self.published = LoopBound(published, on: control)
        table = LoopBound(CertificateTable(loops: published), on: control)
        registry = Registry(store: foundation.records, loop: control)
        let events = RegistryRecorder(registry: registry, table: table, then: events)
        self.events = events
        refusals = LoopBound(
            Refusals(
                loops: published, store: foundation.store, control: control,
                work: foundation.storage, events: events),
            on: control)
        files = CertificateFiles(store: foundation.store, work: foundation.storage)
        challenges = ChallengeTable(
            loops: self.published, zone: try await configuration.openChallengeZone(on: foundation))
    }

    /// Whoever obtains what is not known yet.
    func provisioner(_ policy: ProvisioningPolicy) -> Provisioner {
        Provisioner(
            loop: published.loop, table: table, refusals: refusals, files: files,
            policy: policy, events: events, registration: RegisteredDomains(registry))
    }

    /// Has a data loop told of everything that is known, now and from now on.
    func publish(to certificates: LoopBound<LoopCertificates>) async {
        await published.loop.run { [published] in published.value.attach(certificates) }
    }
}
