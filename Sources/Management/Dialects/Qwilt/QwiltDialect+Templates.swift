// SPDX-License-Identifier: Apache-2.0
import FoundationEssentials
import Provisioning
import Registry
import TLS

/// Templates and their signing requests: certificates whose key never leaves.
extension QwiltDialect {
    func templates(_ call: DialectCall) async throws -> ManagementResponse {
        var filter = CertificateFilter()
        // What was uploaded with its key has no template.
        filter.keySource = .edge
        let wanted = filter
        return try await services.list(call) { page async throws(LifecycleError) in
            try await services.lifecycle.certificates(wanted, page, for: call.caller)
        } _: { certificate in
            json(certificate)
        }
    }

    func createTemplate(_ call: DialectCall) async throws -> ManagementResponse {
        var fields = try call.fields()
        var names = [try name(fields.string("commonName"), "commonName")]
        for text in try fields.optionalStrings("sans") ?? [] {
            let name = try name(text, "sans")
            if !names.contains(name) { names.append(name) }
        }
        guard names.count <= ManagedCertificate.namesMax else {
            throw fields.invalid("sans", "expected at most \(ManagedCertificate.namesMax) names")
        }
        guard let isManaged = try fields.optionalBool("autoManagedCertificateTemplate") else {
            throw FieldFault(
                .missing, "autoManagedCertificateTemplate", "expected true or false")
        }
        var draft = CertificateDraft(names: names)
        draft.subject = try subject(&fields, isManaged: isManaged)
        draft.keyKind = try keyKind(&fields)
        draft.description = try fields.optionalString("description")
        try fields.finish()
        draft.issuer = isManaged ? .configured : .external
        draft.renewsItself = isManaged
        draft.activation = .sites
        let (certificate, _) = try await services.lifecycle.create(draft, by: call.caller)
        return .json(201, json(certificate))
    }

    func template(_ call: DialectCall) async throws -> ManagementResponse {
        .json(200, json(try await managed(call)))
    }

    func deleteTemplate(_ call: DialectCall) async throws -> ManagementResponse {
        let certificate = try await managed(call)
        try await services.lifecycle.delete(certificate.number, by: call.caller)
        return .json(200, json(certificate))
    }

    private func managed(_ call: DialectCall) async throws(LifecycleError) -> ManagedCertificate {
        let certificate = try await services.certificate(
            call.number(0, .certificate), for: call.caller)
        guard certificate.keySource == .edge else { throw .notFound(.certificate, call.part(0)) }
        return certificate
    }

    // MARK: Signing requests

    /// Another signing request: after one that failed, or of a certificate that is to be renewed. One that
    /// is under way stays; what it waits for is looked for at once, as is what failed attempted.
    func triggerRequest(_ call: DialectCall) async throws -> ManagementResponse {
        let certificate = try await managed(call)
        try call.fields().finish()
        let (lifecycle, caller) = (services.lifecycle, call.caller)
        let last = try await services.known(certificate, for: caller).issuance
        let issuance: Issuance
        if let last, last.state != .done {
            issuance = try await lifecycle.retry(last.number, by: caller)
        } else {
            issuance = try await lifecycle.issue(
                certificate.number, IssuanceDraft(reason: .renewal), by: caller)
        }
        return .json(201, try await json(issuance, for: caller))
    }

    func signingRequest(_ call: DialectCall) async throws -> ManagementResponse {
        if call.request.field("Accept") == "application/x-pem-file" {
            return try await signingRequestPEM(call)
        }
        return .json(200, try await json(issuance(call), for: call.caller))
    }

    private func json(
        _ issuance: Issuance, for caller: Caller
    ) async throws(LifecycleError) -> JSONValue {
        let certificate = try await services.lifecycle.certificate(
            issuance.certificate, for: caller)
        // Without a challenge zone there is nothing that a customer could put into DNS.
        let delegations = issuance.authorizations.compactMap { progress -> JSONValue? in
            progress.delegation.to.map {
                ["fromDomain": .string(progress.delegation.from), "toDomain": .string($0)]
            }
        }
        var body: [String: JSONValue] = [
            "csrId": .integer(issuance.number.value),
            "commonName": .string(certificate.names.first?.text ?? ""),
            "sans": .array(certificate.names.dropFirst().map { .string($0.text) }),
            "tenant": .string(certificate.account),
            "challengeDelegationOfDomainsList": .array(delegations),
            "signingState": .text(QwiltSigningState(issuance.state)?.rawValue),
            "autoManagedCsr": .bool(certificate.issuer == .configured),
            "lastCertificateId": certificate.currentVersion.map { .integer($0.value) } ?? .null,
            "certificateTemplateIdRef": Self.identifier(certificate.number),
            "error": .text(issuance.failure?.detail),
        ]
        for (name, value) in subject(certificate) { body[name] = .string(value ?? "") }
        return .object(body)
    }

    func signingRequestPEM(_ call: DialectCall) async throws -> ManagementResponse {
        let issuance = try await issuance(call)
        guard let request = issuance.request else {
            throw LifecycleError.conflict("There is no signing request yet")
        }
        return .file(
            Array(request.utf8), type: "application/x-pem-file",
            name: "\(issuance.commonName?.text ?? "request").csr")
    }

    private func issuance(_ call: DialectCall) async throws(LifecycleError) -> Issuance {
        try await services.lifecycle.issuance(call.number(0, .issuance), for: call.caller)
    }

    // MARK: Reading

    private func name(_ text: String, _ field: String) throws(FieldFault) -> CertificateName {
        guard let name = CertificateName(text) else {
            throw FieldFault(.invalid, field, "\(text.prefix(260)) is not a host name")
        }
        return name
    }

    /// Who an organization is has no place in what ACME's CAs sign: Qwilt does not take it for templates
    /// that it manages either. Its clients send empty texts all the same.
    private func subject(
        _ fields: inout JSONFields, isManaged: Bool
    ) throws(FieldFault) -> ManagedCertificate.Subject {
        var subject = ManagedCertificate.Subject()
        for (name, path) in Self.subjectFields {
            guard let value = try fields.optionalString(name, max: 128), !value.isEmpty else {
                continue
            }
            guard !isManaged else {
                throw fields.invalid(name, "is not supported for managed templates")
            }
            subject[keyPath: path] = value
        }
        return subject
    }

    private func keyKind(_ fields: inout JSONFields) throws(FieldFault) -> KeyKind? {
        switch try fields.optionalString("keyType")?.uppercased() {
        case nil, "": return nil
        case "ECDSA", "EC", "P256", "P-256": return .p256
        case "RSA", "RSA2048": return .rsa2048
        default: throw fields.invalid("keyType", "expected ECDSA or RSA")
        }
    }

    private static var subjectFields:
        [(String, WritableKeyPath<ManagedCertificate.Subject, String?>)]
    {
        [
            ("country", \.country), ("state", \.state), ("locality", \.locality),
            ("organizationName", \.organization),
        ]
    }

    // MARK: Writing

    private func subject(_ certificate: ManagedCertificate) -> [(String, String?)] {
        Self.subjectFields.map { ($0.0, certificate.subject[keyPath: $0.1]) }
    }

    private func json(_ certificate: ManagedCertificate) -> JSONValue {
        var body: [String: JSONValue] = [
            "certificateTemplateId": .integer(certificate.number.value),
            "commonName": .string(certificate.names.first?.text ?? ""),
            "sans": .array(certificate.names.dropFirst().map { .string($0.text) }),
            "tenant": .string(certificate.account),
            "autoManagedCertificateTemplate": .bool(certificate.issuer == .configured),
            "lastCertificateId": certificate.currentVersion.map { .integer($0.value) } ?? .null,
            "csrIds": .array(certificate.issuances.map { .integer($0.value) }),
        ]
        for (name, value) in subject(certificate) { body[name] = .text(value) }
        return .object(body)
    }
}
