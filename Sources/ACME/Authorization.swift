// SPDX-License-Identifier: Apache-2.0

/// The CA's view of whether an account controls an identifier (RFC 8555 §7.1.4).
package struct Authorization: Decodable, Sendable {
    package enum Status: String, Decodable, Sendable {
        case pending, valid, invalid, deactivated, expired, revoked
    }

    package let identifier: Identifier
    package let status: Status
    package let challenges: [Challenge]
    package let wildcard: Bool?

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
