// SPDX-License-Identifier: Apache-2.0
import FoundationEssentials
import Provisioning
import Registry
import TLS

/// Orders: a certificate is purchased and then issued, and so is its renewal.
extension DNSimpleDialect {
    func purchase(_ call: DialectCall) async throws -> ManagementResponse {
        let domain = try await domain(of: call)
        var fields = try call.fields()
        var names = try names(&fields, domain)
        let (renewsItself, keyKind) = try terms(&fields)
        // Older clients send one, and DNSimple ignores it.
        _ = fields.value("contact_id")
        try fields.finish()
        // The CNAME that a wildcard needs is told in this answer or never.
        try await services.lifecycle.requireEligible(names.filter(\.isWildcard))
        let coversDomain = try await coversDomain(names, domain)
        if coversDomain { names.append(domain.name) }
        var draft = CertificateDraft(names: names)
        draft.keyKind = keyKind
        draft.renewsItself = renewsItself ?? false
        draft.startsAtOnce = false
        draft.compatibility = [DNSimpleNotifications.domain: .integer(domain.number.value)]
        if coversDomain { draft.compatibility[DNSimpleCertificate.coversDomain] = true }
        let (certificate, issuance) = try await services.lifecycle.create(draft, by: call.caller)
        return answer(
            201,
            [
                "data": [
                    "id": .integer(issuance.version.value),
                    "certificate_id": .integer(issuance.version.value),
                    "state": .string(DNSimpleState(issuance.state).rawValue),
                    "auto_renew": .bool(certificate.renewsItself),
                    "created_at": .string(issuance.createdAt.secondsText),
                    "updated_at": .string(issuance.updatedAt.secondsText),
                ]
            ])
    }

    func issue(_ call: DialectCall) async throws -> ManagementResponse {
        try call.fields().finish()
        let purchased = try await found(call)
        guard let issuance = purchased.issuance else {
            throw LifecycleError.conflict("The certificate was issued already")
        }
        return try await start(issuance.number, purchased.domain, call)
    }

    func purchaseRenewal(_ call: DialectCall) async throws -> ManagementResponse {
        var fields = try call.fields()
        let (renewsItself, keyKind) = try terms(&fields)
        try fields.finish()
        let old = try await found(call)
        guard old.version.state != .reserved, !old.version.cameToNothing else {
            throw LifecycleError.notIssued(old.version.number)
        }
        var draft = IssuanceDraft(reason: .renewal)
        draft.keyKind = keyKind
        draft.startsAtOnce = false
        draft.compatibility = [Self.renewalOf: .integer(old.version.number.value)]
        let issuance = try await services.lifecycle.issue(
            old.certificate.number, draft, by: call.caller)
        var certificate = old.certificate
        if let renewsItself, renewsItself != certificate.renewsItself {
            var change = CertificateChange()
            change.renewsItself = renewsItself
            certificate = try await services.lifecycle.change(
                certificate.number, change, by: call.caller)
        }
        return answer(
            201,
            [
                "data": [
                    "id": .integer(issuance.number.value),
                    "old_certificate_id": .integer(old.version.number.value),
                    "new_certificate_id": .integer(issuance.version.value),
                    "state": .string(DNSimpleRenewalState(issuance.state).rawValue),
                    "auto_renew": .bool(certificate.renewsItself),
                    "created_at": .string(issuance.createdAt.secondsText),
                    "updated_at": .string(issuance.updatedAt.secondsText),
                ]
            ])
    }

    func issueRenewal(_ call: DialectCall) async throws -> ManagementResponse {
        try call.fields().finish()
        let old = try await found(call)
        let issuance = try await services.lifecycle.issuance(
            call.number(3, .issuance), for: call.caller)
        guard issuance.compatibility[Self.renewalOf] == .integer(old.version.number.value) else {
            throw LifecycleError.notFound(.issuance, call.part(3))
        }
        return try await start(issuance.number, old.domain, call)
    }

    private func start(
        _ number: IssuanceNumber, _ domain: Domain, _ call: DialectCall
    ) async throws -> ManagementResponse {
        let begun = try await services.lifecycle.start(
            number, requiringEligibility: true, by: call.caller)
        let version = try await services.lifecycle.version(begun.version, for: call.caller)
        let certificate = try await services.lifecycle.certificate(
            version.certificate, for: call.caller)
        let shown = DNSimpleCertificate(
            version: version, certificate: certificate, issuance: begun, domain: domain)
        return answer(202, ["data": shown.json])
    }

    // MARK: Reading

    private func terms(
        _ fields: inout JSONFields
    ) throws(FieldFault) -> (renewsItself: Bool?, keyKind: KeyKind?) {
        let renewsItself = try fields.optionalBool("auto_renew")
        switch try fields.optionalString("signature_algorithm") {
        case nil: return (renewsItself, nil)
        case "ECDSA": return (renewsItself, .p256)
        case "RSA": return (renewsItself, .rsa2048)
        default: throw fields.invalid("signature_algorithm", "must be ECDSA or RSA")
        }
    }

    /// `name` is a label of the domain's, `www` unless it says otherwise; empty for the domain itself, `*`
    /// for all of its labels. Others are whole names, or labels too.
    private func names(
        _ fields: inout JSONFields, _ domain: Domain
    ) throws(FieldFault) -> [CertificateName] {
        let first = try fields.optionalString("name") ?? "www"
        guard let common = name(first, in: domain) else {
            throw fields.invalid("name", "is not a name within \(domain.name)")
        }
        var names = [common]
        for text in try fields.optionalStrings("alternate_names") ?? [] {
            guard let name = name(text, in: domain) else {
                throw fields.invalid("alternate_names", "\(text) is not within \(domain.name)")
            }
            if !names.contains(name) { names.append(name) }
        }
        return names
    }

    /// At DNSimple a certificate for `www` is good for the domain too, without a word. Here only for one
    /// that points here: proving another would fail.
    private func coversDomain(
        _ names: [CertificateName], _ domain: Domain
    ) async throws(LifecycleError) -> Bool {
        guard names.first == CertificateName("www.\(domain.name)"),
            !names.contains(domain.name), names.count < ManagedCertificate.namesMax
        else { return false }
        return await services.lifecycle.report(on: domain.name).isEligible
    }

    private func name(_ text: String, in domain: Domain) -> CertificateName? {
        if text.isEmpty || text == "@" { return domain.name }
        if let whole = CertificateName(text), whole.isWithin(domain.name) { return whole }
        // A whole name of another domain does not become a label of this one.
        guard !text.contains(".") else { return nil }
        return CertificateName("\(text).\(domain.name.text)")
    }

    /// Which version an issuance renews.
    private static let renewalOf = "dnsimple.old_certificate_id"
}
