// SPDX-License-Identifier: Apache-2.0
import Provisioning
import Registry
import TLS

extension CertificateDraft {
    /// Reads the body of a POST to `/certificates`.
    init(_ body: JSONFields) throws {
        var fields = body
        let names =
            try fields.optionalCertificateNames("names", count: ManagedCertificate.namesMax) ?? []
        self.init(names: names)
        request = try fields.optionalString("request", max: JSONFields.documentMax)
        guard request != nil || !names.isEmpty else {
            throw FieldFault(
                .missing, "names", "expected at least one name, or a request in PEM")
        }
        if var subject = try fields.optionalObject("subject") {
            self.subject = try ManagedCertificate.Subject(&subject)
        }
        keyKind = try fields.keyAlgorithm("key_algorithm")
        issuer = try fields.optionalCase("issuer", of: ManagedCertificate.IssuedBy.self) ?? issuer
        activation =
            try fields.optionalCase("activation", of: ManagedCertificate.Activation.self)
            ?? activation
        if var renew = try fields.optionalObject("renew") {
            renewsItself = try renew.optionalBool("auto") ?? renewsItself
            renewsUntil = try renew.optionalDate("until")
            try renew.finish()
        }
        expiryNotice = try fields.expiryNotice() ?? []
        clientReference = try fields.shortText("client_reference")
        description = try fields.shortText("description")
        startsAtOnce = try fields.optionalBool("start") ?? true
        requiresEligibility = try fields.optionalBool("require_eligibility") ?? false
        try fields.finish()
    }
}

extension CertificateChange {
    /// Reads the body of a PATCH to `/certificates/{certificate}`.
    init(_ body: JSONFields) throws(FieldFault) {
        var fields = body
        self.init()
        if var renew = try fields.optionalObject("renew") {
            renewsItself = try renew.optionalBool("auto")
            renewsUntil = try renew.nullableDate("until")
            try renew.finish()
        }
        expiryNotice = try fields.expiryNotice()
        clientReference = try fields.nullableShortText("client_reference")
        description = try fields.nullableShortText("description")
        try fields.finish()
    }
}

extension IssuanceDraft {
    /// Reads the body of a POST to `/certificates/{certificate}/issuances`.
    init(_ body: JSONFields) throws(FieldFault) {
        var fields = body
        let reason = try fields.optionalCase("reason", of: AskedReason.self) ?? .renewal
        self.init(reason: reason == .renewal ? .renewal : .reissue)
        request = try fields.optionalString("request", max: JSONFields.documentMax)
        keyKind = try fields.keyAlgorithm("key_algorithm")
        startsAtOnce = try fields.optionalBool("start") ?? true
        revokesPredecessor = try fields.optionalBool("revoke_predecessor") ?? false
        try fields.finish()
    }

    /// What a client may ask for; the other reasons are ours.
    enum AskedReason: String, CaseIterable {
        case renewal, reissue
    }
}

extension ManagedCertificate.Subject {
    init(_ fields: inout JSONFields) throws(FieldFault) {
        self.init()
        organization = try fields.optionalString("organization", max: Self.textMax)
        organizationalUnit = try fields.optionalString("organizational_unit", max: Self.textMax)
        locality = try fields.optionalString("locality", max: Self.textMax)
        state = try fields.optionalString("state", max: Self.textMax)
        country = try fields.optionalString("country", max: 2)
        if let country,
            !country.utf8.allSatisfy({ (0x41...0x5a).contains($0) })
                || country.utf8.count != 2
        {
            throw fields.invalid("country", "expected two letters in upper case (ISO 3166)")
        }
        try fields.finish()
    }

    /// RFC 5280 §A.1: `ub-organization-name` and its kin.
    static var textMax: Int { 64 }
}

extension JSONFields {
    mutating func keyAlgorithm(_ name: String) throws(FieldFault) -> KeyKind? {
        guard let word = try optionalString(name) else { return nil }
        guard let kind = KeyKind(word: word) else {
            let all = KeyKind.allCases.map { "\"\($0.word)\"" }.joined(separator: ", ")
            throw invalid(name, "expected one of \(all)")
        }
        return kind
    }

    mutating func expiryNotice() throws(FieldFault) -> [Int]? {
        try optionalIntegers(
            "expiry_notice", in: ManagedCertificate.expiryNoticeDays,
            count: ManagedCertificate.expiryNoticesMax)
    }
}
