// SPDX-License-Identifier: Apache-2.0
import DNS

/// What a set of CAA records says about one issuer (RFC 8659 §4, RFC 8657).
struct CAAPolicy {
    let records: [CertificationAuthorityAuthorization]
    let isWildcard: Bool

    enum Verdict: Hashable {
        case permitted(methods: [String])
        /// A critical property with an unknown tag: no CA may issue.
        case critical(tag: String)
        /// The issuer is not named; those that are.
        case notNamed([String])
        /// Named, for another account. Carries what would permit us.
        case account(CAAIssuance)
        /// Named, for other methods. Carries what would permit us.
        case method(CAAIssuance)
    }

    /// The tag whose properties decide: `issuewild` for a wildcard when there is any, else `issue`.
    var decidingTag: String {
        isWildcard && has("issuewild") ? "issuewild" : "issue"
    }

    /// RFC 8659 §4.2: without a deciding property everyone may issue; with several, each of them
    /// may permit.
    func verdict(on identity: CAAIdentity) -> Verdict {
        if let unknown = records.first(where: { $0.isCritical && !Self.isKnown($0.tag) }) {
            return .critical(tag: unknown.tag)
        }
        let deciding = records.filter { $0.tag.lowercased() == decidingTag }
        guard !deciding.isEmpty else { return .permitted(methods: identity.methods) }

        let issuances = deciding.map { CAAIssuance($0.value) }
        let ours = issuances.filter { identity.domains.contains($0.issuer ?? "") }
        guard let first = ours.first else { return .notNamed(issuances.compactMap(\.issuer)) }

        let forAccount = ours.filter { $0.permits(accountOf: identity) }
        guard let ofAccount = forAccount.first else { return .account(first.adapted(to: identity)) }

        let methods = identity.methods.filter { method in
            forAccount.contains { $0.permits(method: method) }
        }
        return methods.isEmpty
            ? .method(ofAccount.adapted(to: identity)) : .permitted(methods: methods)
    }

    private func has(_ tag: String) -> Bool {
        records.contains { $0.tag.lowercased() == tag }
    }

    /// Tags that CAs know, also those that say nothing about certificates for web servers.
    private static func isKnown(_ tag: String) -> Bool {
        ["issue", "issuewild", "iodef", "issuemail"].contains(tag.lowercased())
    }
}

extension CAAIssuance {
    /// RFC 8657 §3: `accounturi` at most once, and equal to our account's.
    fileprivate func permits(accountOf identity: CAAIdentity) -> Bool {
        let accounts = values(of: "accounturi")
        return accounts.isEmpty || accounts.count == 1 && accounts[0] == identity.accountURI
    }

    /// RFC 8657 §4: `validationmethods` at most once, a list separated by commas.
    fileprivate func permits(method: String) -> Bool {
        let lists = values(of: "validationmethods")
        guard let list = lists.first else { return true }
        return lists.count == 1 && list.split(separator: ",").contains { $0 == method }
    }

    /// The same property with those terms replaced that keep us out.
    fileprivate func adapted(to identity: CAAIdentity) -> CAAIssuance {
        var adapted = self
        if !permits(accountOf: identity) {
            adapted.replace("accounturi", by: identity.accountURI)
        }
        if !identity.methods.contains(where: permits(method:)) {
            adapted.replace("validationmethods", by: identity.methods.joined(separator: ","))
        }
        return adapted
    }

    private mutating func replace(_ tag: String, by value: String?) {
        parameters.removeAll { $0.tag == tag }
        if let value { parameters.append(Parameter(tag: tag, value: value)) }
    }
}
