// SPDX-License-Identifier: Apache-2.0
import FoundationEssentials
import Provisioning
import TLS

/// A diagnosis for programs.
extension Diagnosis {
    /// One object: `domain`, `eligible`, `cname_target`, `policy`, `cause`, `blame`, `advice`,
    /// `changes`, `retry_after_seconds`, `issuers`, `evidence`; what does not apply is absent.
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
        var evidence: Evidence

        enum CodingKeys: String, CodingKey {
            case domain, eligible, policy, cause, blame, advice, changes, issuers, evidence
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
}
