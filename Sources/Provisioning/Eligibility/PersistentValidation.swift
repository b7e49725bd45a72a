// SPDX-License-Identifier: Apache-2.0
import DNS
import FoundationEssentials
import TLS

/// A TXT record at `_validation-persist` (draft-ietf-acme-dns-persist): a CA that finds itself and
/// the account in it asks for no other proof.
struct PersistentValidation {
    private let issuance: CAAIssuance

    /// What `identity` would need for `name`; nil when it has no account, or is not known by any
    /// name.
    init?(of name: CertificateName, by identity: CAAIdentity) {
        guard let domain = identity.domains.first, let account = identity.accountURI else {
            return nil
        }
        var parameters = [CAAIssuance.Parameter(tag: Self.account, value: account)]
        if name.isWildcard {
            parameters.append(.init(tag: Self.policy, value: Self.wildcard))
        }
        issuance = CAAIssuance(issuer: domain, parameters: parameters)
    }

    /// Reads a record. It has the form of a CAA record's value; one that has not lets nobody issue.
    init(_ value: [UInt8]) {
        issuance = CAAIssuance(value)
    }

    /// As a zone file has it.
    var text: String { issuance.text }

    /// Whether it lets the account of `identity` have a certificate for `name`.
    func lets(_ identity: CAAIdentity, have name: CertificateName, at now: Date) -> Bool {
        guard let issuer = issuance.issuer, identity.domains.contains(issuer),
            let account = identity.accountURI, issuance.values(of: Self.account) == [account]
        else { return false }
        let policies = issuance.values(of: Self.policy).map { $0.lowercased() }
        guard !name.isWildcard || policies == [Self.wildcard] else { return false }
        let ends = issuance.values(of: Self.end)
        guard let end = ends.first else { return true }
        guard ends.count == 1, let seconds = UInt64(end) else { return false }
        return Date(timeIntervalSince1970: Double(seconds)) > now
    }

    private static let account = "accounturi"
    private static let policy = "policy"
    private static let wildcard = "wildcard"
    /// `persistUntil`; tags are compared in lower case.
    private static let end = "persistuntil"
}
