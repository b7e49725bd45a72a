// SPDX-License-Identifier: Apache-2.0
import FoundationEssentials
import Provisioning
import Registry
import TLS

/// A diagnosis for programs.
extension Diagnosis {
    /// One object: `domain`, `eligible`, `cname_target`, `policy`, `cause`, `blame`, `advice`,
    /// `changes`, `retry_after_seconds`, `issuers`, `delegation`, `persistence`, `evidence`; what does not apply is absent.
    var json: String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        guard let data = try? encoder.encode(Document(self)) else {
            preconditionFailure("text, numbers and lists have a form in JSON")
        }
        return String(decoding: data, as: UTF8.self)
    }

    private struct Document: Encodable {
        var domain: String
        var eligible: Bool
        var cnameTarget: String
        var policy: String
        var cause: Ineligibility.Cause?
        var blame: Ineligibility.Blame?
        var advice: String?
        var changes: [RecordChange]?
        var retryAfterSeconds: Int64?
        var issuers: [String]?
        var unknownIssuers: [String]?
        var delegation: DelegationDocument?
        var persistence: PersistenceDocument
        var evidence: Evidence

        enum CodingKeys: String, CodingKey {
            case domain, eligible, policy, cause, blame, advice, changes, issuers, evidence
            case delegation, persistence
            case cnameTarget = "cname_target"
            case retryAfterSeconds = "retry_after_seconds"
            case unknownIssuers = "unknown_issuers"
        }

        init(_ diagnosis: Diagnosis) {
            domain = diagnosis.name.text
            eligible = diagnosis.isEligible
            cnameTarget = diagnosis.target.text
            switch diagnosis.policy {
            case .allowed: policy = "allowed"
            case .refused(let why): policy = why
            }
            if !diagnosis.unknownIssuers.isEmpty { unknownIssuers = diagnosis.unknownIssuers }
            delegation = diagnosis.delegation.map(DelegationDocument.init)
            persistence = PersistenceDocument(diagnosis.persistence)
            evidence = diagnosis.dns.evidence
            switch diagnosis.dns {
            case .eligible(let eligible): issuers = eligible.permissions.map(\.issuer)
            case .ineligible(let ineligibility):
                cause = ineligibility.cause
                blame = ineligibility.cause.blame
                advice = ineligibility.advice
                changes = ineligibility.changes
                retryAfterSeconds = ineligibility.retryAfter?.components.seconds
            }
        }
    }

    /// The CNAME that lets us answer dns-01.
    private struct DelegationDocument: Encodable {
        var from: String
        var to: String?
        var found: [String]
        var inPlace: Bool
        var trouble: String?

        enum CodingKeys: String, CodingKey {
            case from, to, found, trouble
            case inPlace = "in_place"
        }

        init(_ report: DelegationReport) {
            from = report.delegation.from
            to = report.delegation.to
            found = report.found
            inPlace = report.isInPlace
            trouble = report.trouble
        }
    }

    /// The TXT record that lets CAs do without challenges.
    private struct PersistenceDocument: Encodable {
        var owner: String
        var expected: [String]
        var found: [String]
        var inPlace: Bool

        enum CodingKeys: String, CodingKey {
            case owner, expected, found
            case inPlace = "in_place"
        }

        init(_ report: PersistenceReport) {
            owner = report.owner
            expected = report.expected
            found = report.found
            inPlace = report.isInPlace
        }
    }
}
