// SPDX-License-Identifier: Apache-2.0
import FoundationEssentials
import Management
import Networking
import Provisioning
import Registry
import Storage
import TLS

/// The edge that `run` and `demo` start, change and end.
///
/// Lives on the control loop. `start` builds the object graph: each of its parts builds what is its
/// own, and nobody else anything but what a changed configuration replaces.
actor Edge {
    nonisolated let foundation: EdgeFoundation
    nonisolated var unownedExecutor: UnownedSerialExecutor {
        unsafe foundation.control.serialExecutor.asUnownedSerialExecutor()
    }

    /// What it runs with now; where it listens, with the ports that the kernel chose.
    var configuration: Configuration

    let log: Log
    let traffic: TrafficLog
    let plane: ControlPlane
    /// nil: none is configured.
    let management: ManagementPlane?
    nonisolated let loops: [LoopBound<EdgeLoop>]
    private var tasks: [Task<Void, Never>] = []
    /// The delivery of webhooks.
    var delivering: Task<Void, Never>?
    /// The health checks of origins.
    var checking: Task<Void, Never>?

    /// Builds the object graph, top to bottom; then it listens.
    ///
    /// - Parameter events: told of what happens in provisioning, on the control loop.
    static func start(
        _ configuration: Configuration, log: Log, events: any EventSink
    ) async throws(EdgeError) -> Edge {
        let foundation = try await EdgeFoundation(configuration, log: log)
        let known = try await KnownState(configuration, on: foundation, told: events)
        let policy = try ProvisioningPolicy(
            configuration, challenges: known.challenges, foundation: foundation)
        let provisioner = known.provisioner(policy)
        let traffic = TrafficLog(log, access: configuration.log.access)
        let ticketKeys = TicketKeys()

        var loops: [LoopBound<EdgeLoop>] = []
        for (place, loop) in foundation.data.enumerated() {
            let edgeLoop = try EdgeLoop(
                configuration, loop: loop, place: place, provisioner: provisioner,
                ticketKeys: ticketKeys, loopMark: foundation.loopMark, traffic: traffic)
            await known.publish(to: LoopBound(edgeLoop.certificates, on: loop))
            loops.append(LoopBound(edgeLoop, on: loop))
        }

        let lifecycle = Lifecycle(
            registry: known.registry, provisioner: provisioner, table: known.table,
            keys: foundation.keys, zone: policy.zone,
            originsDidChange: { [loops] in loops.setOrigins($0) }, loop: foundation.control)
        let edge = Edge(
            configuration: configuration, foundation: foundation, log: log, traffic: traffic,
            plane: ControlPlane(
                known, provisioner: provisioner, lifecycle: lifecycle, ticketKeys: ticketKeys),
            management: try await ManagementPlane(
                configuration, lifecycle: lifecycle, registry: known.registry,
                foundation: foundation, log: log),
            loops: loops)
        try await edge.begin()
        return edge
    }

    private init(
        configuration: Configuration, foundation: EdgeFoundation, log: Log, traffic: TrafficLog,
        plane: ControlPlane, management: ManagementPlane?, loops: [LoopBound<EdgeLoop>]
    ) {
        self.configuration = configuration
        self.foundation = foundation
        self.log = log
        self.traffic = traffic
        self.plane = plane
        self.management = management
        self.loops = loops
    }

    /// Takes up what earlier processes left, and then listens.
    private func begin() async throws(EdgeError) {
        await plane.renewal.start()
        await plane.refusals.value.load()
        do throws(LifecycleError) { try await plane.lifecycle.start() } catch {
            throw EdgeError("cannot read what is registered: \(error)")
        }
        await serveConfigured(configuration)
        let checks = try healthChecks(configuration)
        // Visitors last: none is accepted by a process that then cannot have its other addresses.
        if let wanted = configuration.management, let management {
            configuration.management?.listen = try await management.open(wanted.listen)
        }
        await adopt(try await open(ListenAddresses(configuration)))
        run(checks)
        tasks = [
            Task { await plane.scan.run() },
            Task { await rotateTicketKeys() },
            Task { await meetIssuers() },
        ]
        if let management {
            delivering = management.loop.spawn { await management.webhooks.run() }
        }
    }

    /// Puts the operator's own certificates into service, and keeps their names from the clients of the
    /// management API. One that has expired since it was obtained is reported, and the rest serve.
    func serveConfigured(_ configuration: Configuration) async {
        var certificates: [StoredCertificate] = []
        var fallback: StoredCertificate?
        for configured in configuration.certificates {
            do throws(PairProblem) {
                let certificate = try StoredCertificate(
                    directory: nil, chain: configured.chain, key: configured.key, at: Date())
                certificates.append(certificate)
                if configured.isDefault { fallback = certificate }
            } catch {
                plane.events.record(.pairRefused(configured.chainPath, error))
            }
        }
        plane.table.value.setConfigured(certificates, default: fallback)
        let names = configuration.certificates.flatMap(\.pair.credential.leaf.names)
        await plane.lifecycle.reserve(ReservedNames(names))
    }

    /// Ends: stops listening, lets open requests end, stores what is only in memory.
    func drain() async {
        for task in tasks { task.cancel() }
        checking?.cancel()
        delivering?.cancel()
        let patience = configuration.drain
        var cutOff = 0
        var drains = loops.map { edgeLoop in
            Task { await edgeLoop.loop.call { await edgeLoop.value.drain(patience: patience) } }
        }
        if let management {
            drains.append(Task { await management.drain(patience: patience) })
        }
        for drain in drains { cutOff += await drain.value }
        reportCutOff(cutOff)
        await plane.refusals.value.save()
        foundation.shutdown()
    }

    func reportCutOff(_ count: Int) {
        guard count > 0 else { return }
        log.warning("connections were cut off", ["count": .number(count)])
    }

    private func rotateTicketKeys() async {
        while (try? await foundation.control.sleep(for: TicketKeys.rotationInterval)) != nil {
            plane.ticketKeys.rotate()
        }
    }

    /// Opens the accounts, so that the first visitor need not wait for that, and so that a mistake
    /// shows before the first visitor does.
    func meetIssuers() async {
        for issuer in await plane.provisioner.policy.issuers.issuers {
            do {
                _ = try await issuer.identity()
                log.info("issuer is ready", ["issuer": .text(issuer.name)])
            } catch {
                log.warning("issuer is not ready", ["why": .text("\(error)")])
            }
        }
    }
}
