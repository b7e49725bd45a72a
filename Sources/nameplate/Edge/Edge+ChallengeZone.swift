// SPDX-License-Identifier: Apache-2.0
import DNS
import FoundationEssentials
import Networking
import Provisioning
import TLS

extension Configuration {
    /// Whoever answers dns-01, where that is configured: our own responder, which listens from now
    /// on, or the server that takes updates.
    func openChallengeZone(
        on foundation: EdgeFoundation
    ) async throws(EdgeError) -> ChallengeZoneAnswers? {
        guard let zone = challengeZone else { return nil }
        let name = ChallengeZoneName(zone.name)
        guard let loop = foundation.zone else {
            return dns.update.map {
                ChallengeZoneAnswers(name, writer: $0.updater(on: foundation.control))
            }
        }
        // Greater than that of any process before, as long as records change less than once a
        // second on average.
        let serial = UInt32(truncatingIfNeeded: Int(Date().timeIntervalSince1970))
        let contents = ChallengeZone(
            apex: DNSName(zone.name), servers: zone.nameServers.map(DNSName.init),
            addresses: zone.addresses, serial: serial)
        do throws(SystemError) {
            let server = try await ChallengeZoneServer.start(contents, at: zone.listen, on: loop)
            return ChallengeZoneAnswers(name, writer: server)
        } catch {
            throw EdgeError("cannot answer for the challenge zone \(zone.name): \(error)")
        }
    }
}

extension UpdateConfiguration {
    func updater(on loop: EventLoop) -> ZoneUpdater {
        ZoneUpdater(
            ZoneUpdater.Configuration(
                server: server, zone: DNSName(zone), key: key.transactionKey), on: loop)
    }
}
