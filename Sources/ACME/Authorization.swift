// SPDX-License-Identifier: Apache-2.0
package import TLS

/// The CA's view of whether an account controls an identifier (RFC 8555 §7.1.4).
package struct Authorization: Decodable, Sendable {
    package enum Status: String, Decodable, Sendable {
        case pending, valid, invalid, deactivated, expired, revoked
    }

    package let identifier: Identifier
    package let status: Status
    package let challenges: [Challenge]
    package let wildcard: Bool?

    /// What it is about; nil when that is no name of ours. A wildcard's says the name above it and
    /// that it is one.
    package var name: CertificateName? {
        guard identifier.type == "dns", let host = ServerName(identifier.value) else { return nil }
        return wildcard == true ? .wildcard(of: host) : .exact(host)
    }

    /// The first kind in `preference` that the CA offers.
    func challenge(by preference: [ChallengeType]) -> (ChallengeType, Challenge)? {
        for type in preference {
            if let challenge = challenges.first(where: { $0.type == type.rawValue }) {
                return (type, challenge)
            }
        }
        return nil
    }

    /// What the CA found wrong, once the authorization is invalid.
    var failure: (type: String, problem: Problem)? {
        for challenge in challenges {
            if let problem = challenge.error { return (challenge.type, problem) }
        }
        return nil
    }
}
