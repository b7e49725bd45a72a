// SPDX-License-Identifier: Apache-2.0
package import ACME
package import DNS
package import Networking
import TLS

/// Shows challenge responses: http-01 on the plain port and tls-alpn-01 in handshakes, on every data
/// loop; dns-01 in our zone.
package actor ChallengeTable: ChallengePresenter {
    package enum Failure: Error, CustomStringConvertible {
        /// More responses at once than there are provisions: one of ours is not withdrawn.
        case full(limit: Int)
        /// We serve no DNS zone for customers.
        case needsZone

        package var description: String {
            switch self {
            case .full(let limit): "\(limit) challenge responses are on show already"
            case .needsZone: "dns-01 needs a zone that we may write to"
            }
        }
    }

    /// Responses on show at once. Default: 4096.
    package static let capacity = 4096

    package nonisolated var unownedExecutor: UnownedSerialExecutor {
        unsafe loops.loop.serialExecutor.asUnownedSerialExecutor()
    }

    private nonisolated let loops: LoopBound<DataLoops>
    /// The zone that dns-01 is answered in, for as long as the process lives; nil: nowhere.
    package nonisolated let zone: ChallengeZoneName?
    /// Who writes into it.
    private var writer: (any ChallengeZoneWriter)?
    /// What is in the zone, and by whom.
    private var records: [ChallengeResponse: any ChallengeZoneWriter] = [:]

    package init(loops: LoopBound<DataLoops>, zone: ChallengeZoneAnswers? = nil) {
        self.loops = loops
        self.zone = zone?.name
        writer = zone?.writer
    }

    /// Has records written by another from now on; those that are there are removed by whoever has
    /// written them.
    package func adopt(_ writer: any ChallengeZoneWriter) {
        self.writer = writer
    }

    /// Returns when every loop answers with it, or the zone's server does: whichever the CA asks.
    package func present(_ response: ChallengeResponse) async throws {
        guard loops.value.state.challenges.count + records.count < Self.capacity else {
            throw Failure.full(limit: Self.capacity)
        }
        switch response {
        case .dns01(let name, let record):
            guard let writer, let zone else { throw Failure.needsZone }
            records[response] = writer
            do { try await writer.add(record, at: zone.owner(for: .exact(name))) } catch {
                records[response] = nil
                throw error
            }
            return
        case .http01(let name, let token, let keyAuthorization):
            publish { $0.addToken(token, for: name, keyAuthorization: keyAuthorization) }
        case .tlsALPN01(let name, let digest):
            // Made once: a CA that looks from several places sees one certificate.
            let credential = try ChallengeCertificate.credential(
                for: name, keyAuthorization: digest)
            publish { $0.addCredential(credential, for: name, digest: digest) }
        }
        await loops.value.settled()
    }

    package func withdraw(_ response: ChallengeResponse) async {
        guard case .dns01(let name, let record) = response else {
            publish { $0.remove(response) }
            return
        }
        guard let writer = records.removeValue(forKey: response), let zone else { return }
        await writer.remove(record, at: zone.owner(for: .exact(name)))
    }

    private func publish(_ change: (inout ChallengeResponses) -> Void) {
        loops.value.update { state in
            change(&state.challenges)
            return []
        }
    }
}
