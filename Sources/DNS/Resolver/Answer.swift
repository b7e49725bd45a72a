// SPDX-License-Identifier: Apache-2.0

/// What DNS says to one question, aliases followed, with who said it.
package struct Answer: Sendable, Hashable {
    package var question: Question
    package var outcome: Outcome
    /// The aliases between the question's name and the name that `outcome` speaks of. They are
    /// listed also when the end of the chain does not exist or could not be looked up.
    package var chain: CNAMEChain
    /// Every server that was asked, in order, with what came of it.
    package var attempts: [Attempt]

    package enum Outcome: Sendable, Hashable {
        /// One or more records of the type asked for, at the end of the chain.
        case records([ResourceRecord])
        /// The name exists without records of that type.
        case noData(Denial)
        /// The name does not exist: NXDOMAIN.
        case nameError(Denial)
        /// Nobody knows; trying again later may help.
        case failure(ResolutionFailure)
    }

    /// The records asked for; empty unless the outcome is `records`.
    package var records: [ResourceRecord] {
        guard case .records(let records) = outcome else { return [] }
        return records
    }

    package var failure: ResolutionFailure? {
        guard case .failure(let failure) = outcome else { return nil }
        return failure
    }

    /// A server's reason for a failure, where one gave it (RFC 8914).
    package var extendedError: ExtendedError? {
        for attempt in attempts.reversed() {
            if case .answered(_, let error?) = attempt.outcome { return error }
        }
        return nil
    }

    /// "There is none", and who says so (RFC 2308).
    package struct Denial: Sendable, Hashable {
        /// Seconds for which it may be believed; nil when the server sent no SOA record.
        package var ttl: UInt32?
        /// The zone that the name lies in, by the owner of the SOA record.
        package var zone: DNSName?

        package init(ttl: UInt32? = nil, zone: DNSName? = nil) {
            self.ttl = ttl
            self.zone = zone
        }

        /// RFC 2308 §5: the SOA's own TTL or its minimum, whichever is less.
        init(_ message: Message, about name: DNSName) {
            self.init()
            for record in message.authorities {
                guard case .soa(let soa) = record.data, name.isWithin(record.name) else { continue }
                ttl = min(record.ttl, soa.minimum)
                zone = record.name
                return
            }
        }
    }
}

extension Answer: CustomStringConvertible {
    /// One line for a log or a terminal: `shop.example.com A: NXDOMAIN (127.0.0.1:53)`.
    package var description: String {
        let servers = attempts.filter { $0.isAnswered }.map { "\($0.server)" }
        let source = servers.last ?? attempts.last.map { "\($0.server)" }
        return "\(question): \(summary)" + (source.map { " (\($0))" } ?? "")
    }

    /// What was found, in a few words: `CNAME domains.saascompany.com., 192.0.2.1`.
    package var summary: String {
        let hops = chain.hops.map { "CNAME \($0.target.absolute)" }
        return (hops + [ending]).joined(separator: ", ")
    }

    private var ending: String {
        switch outcome {
        case .records(let records): records.map { "\($0.data)" }.joined(separator: ", ")
        case .noData: "no \(question.type) record"
        case .nameError: "NXDOMAIN"
        case .failure(let failure):
            "\(failure)" + (extendedError.map { " (\($0))" } ?? "")
        }
    }
}
