// SPDX-License-Identifier: Apache-2.0

/// Why a domain may have no certificate now, and what would change that.
package struct Ineligibility: Error, Sendable {
    package var cause: Cause
    /// What is wrong and what to do about it, for the domain's owner to read.
    package var advice: String
    /// What to change in DNS, in this order; empty when there is nothing that the owner can change.
    package var changes: [RecordChange]
    /// How long resolvers may go on saying this: the TTL of the denial, or of the record in the
    /// way. Nil when DNS does not say.
    package var retryAfter: Duration?
    package var evidence: Evidence

    /// The raw values are stable: they stand in logs, in `--json` and in the store.
    package enum Cause: String, Sendable, Hashable, Codable, CaseIterable {
        /// CAA permits our CA for other accounts only (RFC 8657 §3).
        case caaAccount = "caa_account"
        /// A critical CAA property that no CA knows.
        case caaCritical = "caa_critical"
        /// CAA permits other CAs, or none.
        case caaForbids = "caa_forbids"
        /// CAA permits our CA for other validation methods only (RFC 8657 §4).
        case caaMethod = "caa_method"
        /// The domain's DNS servers fail to say what CAA records there are; a CA has to refuse.
        case caaServerFailure = "caa_server_failure"
        case chainTooLong = "chain_too_long"
        case loop
        /// No resolver of ours answered in time.
        case noAnswer = "no_answer"
        /// The name exists without a CNAME or an address.
        case noRecords = "no_records"
        /// The name does not exist.
        case notFound = "not_found"
        /// Our resolvers answered, and their answer is of no use: refused, lame, malformed.
        case resolverFailure = "resolver_failure"
        /// The domain's DNS servers fail, or its DNSSEC signatures are wrong.
        case serverFailure = "server_failure"
        /// Some addresses are ours and some are not.
        case strayAddress = "stray_address"
        /// Our own target has no address.
        case targetUnresolved = "target_unresolved"
        /// The addresses are not ours.
        case wrongAddress = "wrong_address"
        /// The CNAME leads elsewhere.
        case wrongTarget = "wrong_target"
    }

    /// Whose turn it is.
    package enum Blame: String, Sendable, Hashable, Codable {
        /// The domain's owner, or the owner's DNS provider.
        case customer
        /// Us: what `cname_target` has in DNS.
        case `operator`
        /// The resolvers that we ask.
        case resolvers
    }
}

extension Ineligibility.Cause {
    package var blame: Ineligibility.Blame {
        switch self {
        case .noAnswer, .resolverFailure: .resolvers
        case .targetUnresolved: .operator
        default: .customer
        }
    }

    /// Whether it may pass without anyone changing a record.
    package var isTransient: Bool {
        switch self {
        case .caaServerFailure, .noAnswer, .resolverFailure, .serverFailure: true
        default: false
        }
    }
}

extension Ineligibility: CustomStringConvertible {
    /// `not_found: shop.example.com has no DNS record. Add: …`
    package var description: String { "\(cause.rawValue): \(advice)" }
}
