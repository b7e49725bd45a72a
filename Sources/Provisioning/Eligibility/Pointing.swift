// SPDX-License-Identifier: Apache-2.0
import DNS
import Networking

/// Where a domain points, by the answers to its CNAME, A and AAAA questions. Pure: the lookups are
/// `EligibilityCheck`'s.
struct Pointing {
    let name: DNSName
    let target: DNSName
    var answers: [Answer] = []
    /// The chain asked for hop by hop, where the answers fail.
    var walk: (chain: CNAMEChain, end: Answer.Outcome)?
    /// The A and AAAA of the target, where they were needed.
    var targetAnswers: [Answer] = []

    /// Whether a CNAME leads to the target, wherever that leads.
    var passesThroughTarget: Bool {
        chains.contains { $0.passes(through: target) }
            || answers.flatMap(\.records).contains { $0.data == .cname(target) }
    }

    /// The longest chain that was seen.
    var chain: CNAMEChain {
        chains.max { $0.hops.count < $1.hops.count } ?? CNAMEChain(from: name)
    }

    private var chains: [CNAMEChain] {
        answers.map(\.chain) + (walk.map { [$0.chain] } ?? [])
    }

    /// The records with the domain's addresses, A before AAAA.
    var addressRecords: [ResourceRecord] {
        answers.flatMap(\.records).filter { $0.type == .a || $0.type == .aaaa }
    }

    var targetAddresses: [IPAddress] { targetAnswers.flatMap(\.addresses) }

    /// The first lookup of the target that failed.
    var targetFailure: Answer? { targetAnswers.first { $0.failure != nil } }

    /// The addresses that are not the target's.
    var strayRecords: [ResourceRecord] {
        let ours = Set(targetAddresses)
        return addressRecords.filter { record in
            guard case .address(let address) = record.data else { return false }
            return !ours.contains(address)
        }
    }

    /// The failure that says most: what the walk found out, what a server gave a reason for.
    var failure: (ResolutionFailure, Answer)? {
        let failed = answers.compactMap { answer in answer.failure.map { ($0, answer) } }
        guard let first = failed.first else { return nil }
        if case .failure(let found)? = walk?.end, found.isAboutAliases { return (found, first.1) }
        return failed.first { $0.0.isAboutAliases }
            ?? failed.first { $0.1.extendedError != nil } ?? first
    }

    /// Whether the domain is the top of its zone, where no CNAME may stand.
    ///
    /// The SOA record of a denial says so. Where none came, or the name does not exist yet, two
    /// labels are taken for an apex to be.
    var isApex: Bool {
        let zones = answers.filter { $0.chain.hops.isEmpty }.compactMap(\.denial?.zone)
        if zones.contains(name) { return true }
        return (zones.isEmpty || isNameError) && name.labels.count <= 2
    }

    /// Whether the domain does not exist, as opposed to having no records of these types.
    var isNameError: Bool {
        answers.contains { answer in
            if case .nameError = answer.outcome { true } else { false }
        }
    }

    /// The shortest time for which a denial may be believed.
    var denialTTL: Duration? {
        answers.compactMap(\.denial?.ttl).min().map { .seconds($0) }
    }
}

extension Answer {
    /// "There is none", when that is the answer.
    var denial: Denial? {
        switch outcome {
        case .noData(let denial), .nameError(let denial): denial
        case .records, .failure: nil
        }
    }
}

extension ResolutionFailure {
    /// Whether the domain's own aliases are at fault.
    var isAboutAliases: Bool {
        switch self {
        case .aliasLoop, .chainTooLong: true
        default: false
        }
    }
}
