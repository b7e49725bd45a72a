// SPDX-License-Identifier: Apache-2.0

/// The aliases from a name to where it ends, gathered over one answer or several.
package struct CNAMEChain: Sendable, Hashable {
    /// Where it starts.
    package let origin: DNSName
    package private(set) var hops: [Hop] = []

    /// One CNAME record, or one that a DNAME stands for.
    package struct Hop: Sendable, Hashable {
        package var owner: DNSName
        package var target: DNSName
        package var ttl: UInt32
    }

    /// What to do after an answer.
    enum Step: Hashable {
        /// The answer ends with an alias and does not say what the alias's target has.
        case ask(DNSName)
        case finished(Answer.Outcome)
    }

    package init(from origin: DNSName) {
        self.origin = origin
    }

    /// The name that it has come to.
    package var end: DNSName { hops.last?.target ?? origin }

    /// Whether `name` is where it starts or one of the names it leads to.
    package func passes(through name: DNSName) -> Bool {
        origin == name || hops.contains { $0.target == name }
    }

    /// Goes on along the records of an accepted answer to a question for `end` and `type`.
    ///
    /// Records of other names are not looked at: a server may say only what was asked.
    mutating func receive(_ message: Message, type: RecordType) -> Step {
        let start = hops.count
        while true {
            let own = message.answers.filter { $0.name == end && $0.type == type }
            if !own.isEmpty { return .finished(.records(own)) }
            guard let hop = Self.hop(of: end, in: message) else { break }
            if let failure = follow(hop) { return .finished(.failure(failure)) }
        }
        let denial = Answer.Denial(message, about: end)
        if message.responseCode == .nameError { return .finished(.nameError(denial)) }
        let isPartial = hops.count > start && denial.zone == nil
        return isPartial ? .ask(end) : .finished(.noData(denial))
    }

    /// Adds a hop; says why when it must not be followed. The hop is listed all the same.
    mutating func follow(_ hop: Hop) -> ResolutionFailure? {
        let isLoop = passes(through: hop.target)
        hops.append(hop)
        if isLoop { return .aliasLoop(hop.target) }
        return hops.count > Self.maxHops ? .chainTooLong : nil
    }

    /// RFC 6672 §3.1: a DNAME comes with the CNAME it stands for; where that is missing, the name
    /// is rewritten here.
    private static func hop(of name: DNSName, in message: Message) -> Hop? {
        for record in message.answers where record.name == name {
            if case .cname(let target) = record.data {
                return Hop(owner: name, target: target, ttl: record.ttl)
            }
        }
        for record in message.answers {
            if case .dname(let new) = record.data,
                let target = name.moved(from: record.name, to: new)
            {
                return Hop(owner: name, target: target, ttl: record.ttl)
            }
        }
        return nil
    }

    /// Aliases followed from one name.
    package static let maxHops = 10
}
