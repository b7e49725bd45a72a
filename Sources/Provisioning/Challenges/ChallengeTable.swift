// SPDX-License-Identifier: Apache-2.0
package import ACME
package import Networking
import TLS

/// Shows challenge responses on every data loop: http-01 on the plain port, tls-alpn-01 in
/// handshakes.
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

    package init(loops: LoopBound<DataLoops>) {
        self.loops = loops
    }

    /// Returns when every loop answers with it: whichever loop the CA's connections reach.
    package func present(_ response: ChallengeResponse) async throws {
        guard loops.value.state.challenges.count < Self.capacity else {
            throw Failure.full(limit: Self.capacity)
        }
        switch response {
        case .dns01: throw Failure.needsZone
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

    package func withdraw(_ response: ChallengeResponse) {
        publish { $0.remove(response) }
    }

    private func publish(_ change: (inout ChallengeResponses) -> Void) {
        loops.value.update { state in
            change(&state.challenges)
            return []
        }
    }
}
