// SPDX-License-Identifier: Apache-2.0
import FoundationEssentials
import Provisioning
import Registry
import TLS

/// Templates and their signing requests: certificates whose key never leaves.
extension QwiltDialect {
    func templates(_ call: DialectCall) async throws -> ManagementResponse {
        let found = try await services.lifecycle.certificates(
            CertificateFilter(), page(call), for: call.caller)
        // What was uploaded with its key has no template.
        let templates = found.elements.filter { $0.keySource == .edge }
        return answer(found, call, templates.map(json))
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

    func signingRequest(_ call: DialectCall) async throws -> ManagementResponse {
        if call.request.field("Accept") == "application/x-pem-file" {
            return try await signingRequestPEM(call)
        }
        let (issuance, certificate) = try await issuance(call)
        let delegations = issuance.authorizations.map { progress -> JSONValue in
            [
                "fromDomain": .string(progress.delegation.from),
                "toDomain": .string(progress.delegation.to ?? ""),
            ]
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
        return .json(200, .object(body))
    }

    func signingRequestPEM(_ call: DialectCall) async throws -> ManagementResponse {
        let (issuance, certificate) = try await issuance(call)
        guard let request = issuance.request else {
            throw LifecycleError.conflict("There is no signing request yet")
        }
        return .file(
            Array(request.utf8), type: "application/x-pem-file",
            name: "\(certificate.names.first?.text ?? "request").csr")
    }

    private func issuance(
        _ call: DialectCall
    ) async throws(LifecycleError) -> (Issuance, ManagedCertificate) {
        let issuance = try await services.lifecycle.issuance(
            call.number(0, .issuance), for: call.caller)
        return (
            issuance,
            try await services.lifecycle.certificate(issuance.certificate, for: call.caller)
        )
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
