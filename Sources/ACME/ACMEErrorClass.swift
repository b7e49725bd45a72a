// SPDX-License-Identifier: Apache-2.0

/// Whose side an error is on, as far as it decides what to do next.
package enum ACMEErrorClass: Hashable, Sendable {
    /// The domain's: the CA could not verify it. Another CA would see the same.
    case validation
    /// The CA's quota, and how long it asks to be left alone, if it says.
    case rateLimited(retryAfter: Duration?)
    /// The CA's: down, unreachable, too slow, or talking nonsense.
    case outage
    /// The operator's: the account is missing, closed, or wants something from a person.
    case account
    /// The CA will not, for a reason of its own: a policy, a blocked name, a profile it lacks.
    case refused
    /// Ours: storage, libssl, a challenge that we could not present, a call cancelled by us.
    case local
}
