// SPDX-License-Identifier: Apache-2.0

/// The CAA records that hold for a name: its own, or those of the nearest name above that has any.
package struct CAASet: Sendable, Hashable {
    /// The name that the climb had come to.
    package var level: DNSName
    /// Where the records stand: another name than `level` when that is an alias.
    package var owner: DNSName
    package var records: [CertificationAuthorityAuthorization]
    /// Seconds for which they may be believed.
    package var ttl: UInt32

    /// Nil unless the answer found records.
    package init?(_ answer: Answer) {
        guard let first = answer.records.first else { return nil }
        level = answer.question.name
        owner = first.name
        ttl = answer.records.map(\.ttl).min() ?? first.ttl
        records = answer.records.compactMap { record in
            guard case .caa(let caa) = record.data else { return nil }
            return caa
        }
    }
}

/// The way up the tree from a name, as far as it was needed (RFC 8659 §3).
package struct CAAClimb: Sendable, Hashable {
    package var result: Result
    /// One answer a level, from the name upwards.
    package var answers: [Answer]

    package enum Result: Sendable, Hashable {
        /// No CAA record at any level: every CA may issue.
        case unrestricted
        case found(CAASet)
        /// A level below any records could not be looked up: a CA has to refuse.
        case failure(at: DNSName, ResolutionFailure)
    }
}
