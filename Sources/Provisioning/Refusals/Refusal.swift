// SPDX-License-Identifier: Apache-2.0
package import FoundationEssentials
package import TLS

/// That a name is not to be tried again for a while, and what its visitors are told meanwhile.
package struct Refusal: Hashable, Sendable {
    /// Why. The raw values stand in the store.
    package enum Reason: String, CaseIterable, Sendable {
        /// `on_demand.enabled` is false, or `registered_only` and the name is not.
        case notAllowed = "not-allowed"
        /// `on_demand.ask` said no.
        case denied
        /// `on_demand.ask` did not answer.
        case unanswered
        /// DNS does not lead here, or CAA forbids it.
        case notEligible = "not-eligible"
        /// An issuer or storage failed.
        case failed
        /// The CA's quota is used up.
        case rateLimited = "rate-limited"
        /// It was deprovisioned; only to be registered or ordered again helps.
        case withdrawn
    }

    package let reason: Reason
    /// The first moment at which the name is tried again.
    package let until: Date
    /// Failures in a row, which the next wait depends on.
    package let failures: Int
    /// When it was last reported, so that it is not more than once a minute.
    package let reported: Date

    package init(reason: Reason, until: Date, failures: Int = 0, reported: Date) {
        self.reason = reason
        self.until = until
        self.failures = failures
        self.reported = reported
    }

    /// What a client is told: a name that is none of ours is unrecognized, our trouble is ours.
    package var alert: TLSAlert { reason.alert }
}

extension Refusal.Reason {
    package var alert: TLSAlert {
        switch self {
        case .notAllowed, .denied, .notEligible, .withdrawn: .unrecognizedName
        case .unanswered, .failed, .rateLimited: .internalError
        }
    }
}
