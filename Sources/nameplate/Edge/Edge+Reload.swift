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
        await serveConfigured(changed)
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
        if configuration.management != nil { await changeManagement(to: changed) }
        run(checks)
        await close(before.subtracting(wanted))
        remarkOnWhatWaits(for: changed)
        let running = configuration
        configuration = changed
        // What waits for a restart is not what runs: the next reload compares with what does.
        configuration.challengeZone = running.challengeZone
        configuration.management = running.management.flatMap { running in
            changed.management.map { $0.listening(as: running) }
        }
        await adopt(wanted.intersecting(before).adding(opened))
        Task { await meetIssuers() }
    }

    /// Has the management API take over what it can; where `changed` has none, nobody is let in from now
    /// on, and it is closed.
    private func changeManagement(to changed: Configuration) async {
        guard let management else { return }
        guard changed.management == nil else { return await management.adopt(changed) }
        log.warning("the management API is closed until a restart: it is not configured any more")
        delivering?.cancel()
        await management.letNobodyIn()
        let patience = changed.drain
        Task {
            let cutOff = await management.drain(patience: patience)
            reportCutOff(cutOff)
        }
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
            "management": configuration.management == nil && changed.management != nil,
            "management.listen": managementMoves(to: changed.management),
            "management.tls": managementSecures(by: changed.management),
        ]
        for key in waiting.filter(\.value).keys.sorted() {
            log.warning("a changed key counts after a restart only", ["key": .text(key)])
        }
    }

    /// Whether the API would listen elsewhere. Port 0 is the port that the kernel chose.
    private func managementMoves(to changed: ManagementConfiguration?) -> Bool {
        guard let now = configuration.management?.listen, let wanted = changed?.listen else {
            return false
        }
        return now.ip != wanted.ip || wanted.port != 0 && now.port != wanted.port
    }

    /// Whether the API would begin or end to speak TLS.
    private func managementSecures(by changed: ManagementConfiguration?) -> Bool {
        guard let now = configuration.management, let changed else { return false }
        return (now.tls == nil) != (changed.tls == nil)
    }
}

extension ManagementConfiguration {
    /// The same with the listener of `running`: its address, and whether it speaks TLS.
    fileprivate func listening(as running: ManagementConfiguration) -> ManagementConfiguration {
        var same = self
        same.listen = running.listen
        if (tls == nil) != (running.tls == nil) { same.tls = running.tls }
        return same
    }
}
