// SPDX-License-Identifier: Apache-2.0
import DNS
import FoundationEssentials
import Networking
package import Registry
package import TLS

extension EligibilityCheck {
    /// Follows the CNAME from hop to hop: what it leads to need not exist before there is a
    /// challenge to answer.
    package func report(on delegation: Delegation) async -> DelegationReport {
        guard let from = DNSName(delegation.from) else {
            return DelegationReport(
                delegation: delegation, found: [],
                trouble: "\(delegation.from) is longer than a name in DNS can be")
        }
        let (chain, end) = await resolver.aliases(
            of: from, upTo: delegation.to.flatMap { DNSName($0) }, by: .now + timeout)
        let targets = chain.hops.map { "\($0.target)" }
        var trouble: String?
        if case .failure(let failure) = end {
            trouble = LookupTrouble(failure, Question(chain.end, .cname), nil).sentence
        }
        return DelegationReport(
            delegation: delegation, found: targets, trouble: trouble)
    }

    /// Compares the TXT records at `_validation-persist` with what would let our accounts be issued
    /// for.
    package func persistence(
        of name: CertificateName, for identities: [CAAIdentity]
    ) async -> PersistenceReport {
        let owner = "_validation-persist.\(name.base)"
        let expected = identities.compactMap { PersistentValidation(of: name, by: $0)?.text }
        guard let asked = DNSName(owner) else {
            return PersistenceReport(
                owner: owner, expected: expected, found: [], isInPlace: false)
        }
        let answer = await resolver.resolve(asked, .txt, by: .now + timeout)
        let found = answer.records.compactMap { record -> [UInt8]? in
            guard case .txt(let strings) = record.data else { return nil }
            return strings.flatMap { $0 }
        }
        let isInPlace = found.contains { value in
            let record = PersistentValidation(value)
            return identities.contains { record.lets($0, have: name, at: Date()) }
        }
        return PersistenceReport(
            owner: owner, expected: expected,
            found: found.map { String(decoding: $0, as: UTF8.self) }, isInPlace: isInPlace)
    }
}
