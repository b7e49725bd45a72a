// SPDX-License-Identifier: Apache-2.0
import Networking
import Provisioning

/// How a running edge takes over another configuration.
extension Edge {
    /// Everything of `changed` that can be had without a restart. When it throws, nothing has
    /// changed. Connections and provisions under way go on as they began.
    func reload(_ changed: Configuration) async throws(EdgeError) {
        // First what may fail, none of which shows yet.
        let policy = try ProvisioningPolicy(
            changed, challenges: plane.challenges, foundation: foundation)
        var settings: [LoopBound<EdgeLoopSettings>] = []
        for (place, edgeLoop) in loops.enumerated() {
            let made = try EdgeLoopSettings(
                changed, for: edgeLoop.loop, place: place, loopMark: foundation.loopMark,
                observer: traffic)
            settings.append(LoopBound(made, on: edgeLoop.loop))
        }
        let checks = try healthChecks(changed)
        let before = ListenAddresses(configuration)
        let wanted = ListenAddresses(changed)
        let opened = try await open(wanted.subtracting(before))

        // Then what cannot.
        serveConfigured(changed)
        log.apply(changed.log)
        traffic.logAccess(changed.log.access)
        await plane.provisioner.adopt(policy)
        if let update = changed.dns.update, changed.challengeZone == configuration.challengeZone {
            await plane.challenges.adopt(update.updater(on: foundation.control))
        }
        for (edgeLoop, settings) in zip(loops, settings) {
            let certificates = LoopCertificates.Configuration(changed)
            await edgeLoop.loop.run {
                edgeLoop.value.reconfigure(settings.value, certificates: certificates)
            }
        }
        await management?.adopt(changed)
        run(checks)
        await close(before.subtracting(wanted))
        remarkOnWhatWaits(for: changed)
        let (managed, zone) = (configuration.management?.listen, configuration.challengeZone)
        configuration = changed
        // What waits for a restart is not what runs: the next reload compares with what does.
        configuration.challengeZone = zone
        if let managed { configuration.management?.listen = managed }
        await adopt(wanted.intersecting(before).adding(opened))
        Task { await meetIssuers() }
    }

    /// Names the keys that were changed and count only after a restart.
    private func remarkOnWhatWaits(for changed: Configuration) {
        let waiting = [
            "listen.loops": configuration.listen.loops != changed.listen.loops,
            "challenge_zone": configuration.challengeZone != changed.challengeZone,
            "storage": configuration.storage != changed.storage,
            "tls.tickets": configuration.tls.tickets != changed.tls.tickets,
            "limits.handshake_timeout":
                configuration.limits.handshakeTimeout != changed.limits.handshakeTimeout,
            "limits.connections": configuration.limits.connections != changed.limits.connections,
            "management.listen": managementMoves(to: changed.management),
            "management.tls":
                (configuration.management?.tls == nil) != (changed.management?.tls == nil),
        ]
        for key in waiting.filter(\.value).keys.sorted() {
            log.warning("a changed key counts after a restart only", ["key": .text(key)])
        }
    }

    /// Whether the API would listen elsewhere. Port 0 is the port that the kernel chose.
    private func managementMoves(to changed: ManagementConfiguration?) -> Bool {
        guard let now = configuration.management?.listen, let wanted = changed?.listen else {
            return (configuration.management == nil) != (changed == nil)
        }
        return now.ip != wanted.ip || wanted.port != 0 && now.port != wanted.port
    }
}
