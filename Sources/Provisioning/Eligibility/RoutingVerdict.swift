// SPDX-License-Identifier: Apache-2.0
import DNS
import Networking

/// Why a domain does not point at us, in words, with the records to set.
struct RoutingVerdict {
    private let pointing: Pointing
    private let evidence: Evidence

    init(_ pointing: Pointing, _ evidence: Evidence) {
        self.pointing = pointing
        self.evidence = evidence
    }

    private var name: DNSName { pointing.name }
    private var target: DNSName { pointing.target }

    var ineligibility: Ineligibility {
        if let (failure, answer) = pointing.failure { return failed(failure, answer) }
        if name == target { return targetUnresolved }
        if pointing.addressRecords.isEmpty {
            return pointing.chain.hops.isEmpty ? missing : wrongTarget
        }
        // An address must not be called a stray because ours could not be looked up.
        if let answer = pointing.targetFailure, let failure = answer.failure {
            return failure == .serverFailure ? targetUnresolved : failed(failure, answer)
        }
        let strays = pointing.strayRecords
        if strays.count < pointing.addressRecords.count { return stray(strays) }
        if !pointing.chain.hops.isEmpty { return wrongTarget }
        return pointing.targetAddresses.isEmpty ? targetUnresolved : wrongAddress
    }

    // MARK: Records that are missing or lead elsewhere

    private var missing: Ineligibility {
        let what = pointing.isNameError ? "no DNS record" : "no CNAME, A or AAAA record"
        return ineligible(
            pointing.isNameError ? .notFound : .noRecords, "\(name) has \(what).",
            rightRecords(.add), retryAfter: pointing.denialTTL)
    }

    private var wrongTarget: Ineligibility {
        let hops = pointing.chain.hops
        let way = hops.map(\.target.description).joined(separator: ", then ")
        let isDead = pointing.addressRecords.isEmpty && pointing.isNameError
        let end = isDead ? ", which does not exist" : ""
        return ineligible(
            .wrongTarget, "\(name) is a CNAME for \(way)\(end), and not for \(target).",
            rightRecords(.change), retryAfter: Self.ttl(hops.map(\.ttl)))
    }

    private var wrongAddress: Ineligibility {
        let records = pointing.addressRecords
        let changes =
            pointing.isApex
            ? rightRecords(.change) : records.map(Self.removal) + rightRecords(.add)
        return ineligible(
            .wrongAddress, "\(name) points at \(Self.list(records)), which is not ours.",
            changes + unwantedFamilies, retryAfter: Self.ttl(records.map(\.ttl)))
    }

    /// At an apex, changing the A records leaves AAAA records in place when we have none.
    private var unwantedFamilies: [RecordChange] {
        guard pointing.isApex else { return [] }
        let wanted = Set(rightRecords(.change).map(\.type))
        return pointing.addressRecords.filter { !wanted.contains("\($0.type)") }.map(Self.removal)
    }

    private func stray(_ strays: [ResourceRecord]) -> Ineligibility {
        let verb = strays.count == 1 ? "is" : "are"
        return ineligible(
            .strayAddress,
            "\(name) points at us and also at \(Self.list(strays)), which \(verb) not ours.",
            strays.map(Self.removal), retryAfter: Self.ttl(strays.map(\.ttl)))
    }

    private var targetUnresolved: Ineligibility {
        ineligible(
            .targetUnresolved,
            "\(target), which domains have to point at, has no address itself: "
                + "the operator of this service has to give it A or AAAA records.",
            [], retryAfter: nil)
    }

    // MARK: Lookups that fail

    private func failed(_ failure: ResolutionFailure, _ answer: Answer) -> Ineligibility {
        let hops = pointing.chain.hops
        switch failure {
        case .aliasLoop:
            let way = hops.map(\.target.description).joined(separator: ", then ")
            return ineligible(
                .loop, "\(name) is a CNAME for \(way): that is a loop.",
                rightRecords(.change), retryAfter: Self.ttl(hops.map(\.ttl)))
        case .chainTooLong:
            return ineligible(
                .chainTooLong,
                "\(name) leads over more than \(CNAMEChain.maxHops) CNAMEs, which is too far.",
                rightRecords(.change), retryAfter: Self.ttl(hops.map(\.ttl)))
        default:
            let trouble = LookupTrouble(failure, answer.question, answer.extendedError)
            return ineligible(trouble.cause, trouble.sentence, [], retryAfter: nil)
        }
    }

    // MARK: Parts

    /// What the domain should have: a CNAME, or at an apex the target's addresses.
    private func rightRecords(_ action: RecordChange.Action) -> [RecordChange] {
        let addresses = pointing.targetAddresses
        guard pointing.isApex, pointing.chain.hops.isEmpty, !addresses.isEmpty else {
            return [RecordChange(action, name.absolute, "CNAME", target.absolute)]
        }
        return addresses.map { address in
            let data = RecordData.address(address)
            return RecordChange(action, name.absolute, "\(data.type)", "\(data)")
        }
    }

    private func ineligible(
        _ cause: Ineligibility.Cause, _ finding: String, _ changes: [RecordChange],
        retryAfter: Duration?
    ) -> Ineligibility {
        let advice = changes.isEmpty ? finding : "\(finding) \(changes.sentence)"
        return Ineligibility(
            cause: cause, advice: advice, changes: changes, retryAfter: retryAfter,
            evidence: evidence)
    }

    private static func removal(of record: ResourceRecord) -> RecordChange {
        RecordChange(.remove, record.name.absolute, "\(record.type)", "\(record.data)")
    }

    private static func list(_ records: [ResourceRecord]) -> String {
        records.map { "\($0.data)" }.joined(separator: " and ")
    }

    private static func ttl(_ ttls: [UInt32]) -> Duration? {
        ttls.min().map { .seconds($0) }
    }
}
