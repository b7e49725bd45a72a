// SPDX-License-Identifier: Apache-2.0
import DNS

/// Which issuers the CAA records of a domain permit, and in words why none, if none.
struct CAAJudgement {
    let name: DNSName
    let isWildcard: Bool
    let identities: [CAAIdentity]
    /// Nil when no issuer heeds CAA.
    let climb: CAAClimb?

    func eligibility(along route: Eligible.Route, _ evidence: Evidence) -> Eligibility {
        let evidence = evidence + (climb?.answers ?? [])
        let permissions = identities.compactMap(permission)
        guard permissions.isEmpty, let refused = identities.first else {
            return .eligible(Eligible(route: route, permissions: permissions, evidence: evidence))
        }
        return .ineligible(ineligibility(of: refused, evidence))
    }

    private func permission(of identity: CAAIdentity) -> CAAPermission? {
        guard !identity.domains.isEmpty else {
            return CAAPermission(issuer: identity.issuer, methods: identity.methods)
        }
        switch climb?.result {
        case .failure: return nil
        case .found(let set):
            guard case .permitted(let methods) = policy(set).verdict(on: identity) else {
                return nil
            }
            return CAAPermission(issuer: identity.issuer, methods: methods)
        case .unrestricted, nil:
            return CAAPermission(issuer: identity.issuer, methods: identity.methods)
        }
    }

    private func policy(_ set: CAASet) -> CAAPolicy {
        CAAPolicy(records: set.records, isWildcard: isWildcard)
    }

    private func ineligibility(of identity: CAAIdentity, _ evidence: Evidence) -> Ineligibility {
        switch climb?.result {
        case .found(let set): forbidden(identity, set, evidence)
        case .failure(let level, let failure): unreadable(level, failure, evidence)
        case .unrestricted, nil:
            preconditionFailure("without CAA records every issuer is permitted")
        }
    }

    private func forbidden(
        _ identity: CAAIdentity, _ set: CAASet, _ evidence: Evidence
    ) -> Ineligibility {
        let policy = policy(set)
        let issuer = identity.domains.first ?? identity.issuer
        let permit: CAAIssuance
        let cause: Ineligibility.Cause
        let finding: String
        switch policy.verdict(on: identity) {
        case .permitted: preconditionFailure("asked only about issuers that are refused")
        case .critical(let tag):
            return criticalProperty(tag, set, evidence)
        case .notNamed(let others):
            cause = .caaForbids
            finding = "lets \(Self.list(others)) issue certificates, and not \(issuer)"
            permit = CAAIssuance(issuer: issuer)
        case .account(let adapted):
            cause = .caaAccount
            finding = "lets \(issuer) issue certificates for another account than ours"
            permit = adapted
        case .method(let adapted):
            cause = .caaMethod
            finding =
                "lets \(issuer) issue certificates only by validation methods that we do not use"
            permit = adapted
        }
        let record = CertificationAuthorityAuthorization(
            tag: policy.decidingTag, value: permit.text)
        let change = RecordChange(.add, set.owner.absolute, "CAA", record.text)
        return Ineligibility(
            cause: cause, advice: "\(subject(set)) \(finding). \([change].sentence)",
            changes: [change], retryAfter: .seconds(set.ttl), evidence: evidence)
    }

    private func criticalProperty(
        _ tag: String, _ set: CAASet, _ evidence: Evidence
    ) -> Ineligibility {
        let changes = set.records.filter { $0.isCritical && $0.tag == tag }.map { record in
            RecordChange(.remove, set.owner.absolute, "CAA", record.text)
        }
        return Ineligibility(
            cause: .caaCritical,
            advice: "\(subject(set)) has the critical property \"\(tag)\", which forbids every "
                + "certificate to CAs that do not know it. \(changes.sentence)",
            changes: changes, retryAfter: .seconds(set.ttl), evidence: evidence)
    }

    private func unreadable(
        _ level: DNSName, _ failure: ResolutionFailure, _ evidence: Evidence
    ) -> Ineligibility {
        let question = Question(level, .caa)
        let answer = climb?.answers.last { $0.question == question }
        let trouble = LookupTrouble(failure, question, answer?.extendedError)
        return Ineligibility(
            cause: trouble.cause == .serverFailure ? .caaServerFailure : trouble.cause,
            advice: trouble.sentence, changes: [], retryAfter: nil, evidence: evidence)
    }

    private static func list(_ issuers: [String]) -> String {
        guard !issuers.isEmpty else { return "nobody" }
        let named = issuers.prefix(3).joined(separator: " and ")
        return "only " + named + (issuers.count > 3 ? " and \(issuers.count - 3) more" : "")
    }

    /// Which name's records speak, and why they speak for this domain.
    private func subject(_ set: CAASet) -> String {
        var text = "The CAA record of \(set.owner)"
        if set.level != name { text += ", which holds for \(name)," }
        return text
    }
}
