// SPDX-License-Identifier: Apache-2.0
import FoundationEssentials
import Provisioning
import Registry
import TLS

/// Certificates that are uploaded, or were signed from a template.
extension QwiltDialect {
    func certificates(_ call: DialectCall) async throws -> ManagementResponse {
        try await services.list(call) { page async throws(LifecycleError) in
            try await services.lifecycle.versions(VersionFilter(), page, for: call.caller)
        } _: { version in
            json(version)
        }
    }

    func certificate(_ call: DialectCall) async throws -> ManagementResponse {
        .json(200, json(try await version(call)))
    }

    func upload(_ call: DialectCall) async throws -> ManagementResponse {
        let upload = try upload(call, isNew: true)
        let version = try await services.lifecycle.upload(upload, by: call.caller)
        return .json(201, json(version))
    }

    /// Another certificate under the same number.
    func replace(_ call: DialectCall) async throws -> ManagementResponse {
        let old = try await version(call)
        var upload = try upload(call, isNew: false)
        upload.description = upload.description ?? old.description
        let version = try await services.lifecycle.replace(
            old.number, with: upload, by: call.caller)
        return .json(200, json(version))
    }

    func delete(_ call: DialectCall) async throws -> ManagementResponse {
        let version = try await version(call)
        let shown = json(version)
        try await services.lifecycle.delete(version.number, by: call.caller)
        return .json(200, shown)
    }

    private func version(_ call: DialectCall) async throws(LifecycleError) -> CertificateVersion {
        let version = try await services.lifecycle.version(
            call.number(0, .version), for: call.caller)
        guard version.state != .reserved, version.state != .deleted else {
            throw .notFound(.version, call.part(0))
        }
        return version
    }

    // MARK: Reading

    private func upload(_ call: DialectCall, isNew: Bool) throws -> VersionUpload {
        var fields = try call.fields()
        guard let certificate = try pem(&fields, "certificate") else {
            throw FieldFault(.missing, "certificate", "expected PEM in base64, found nothing")
        }
        var upload = VersionUpload(certificate: certificate.text)
        upload.compatibility["qwilt.certificate"] = .string(certificate.encoded)
        if let chain = try pem(&fields, "certificateChain") {
            upload.issuers = chain.text
            upload.compatibility["qwilt.certificateChain"] = .string(chain.encoded)
        }
        upload.privateKey = try pem(&fields, "privateKey")?.text
        upload.issuance = try number(&fields, "csrId")
        guard !isNew || (upload.privateKey == nil) != (upload.issuance == nil) else {
            throw FieldFault(.invalid, "privateKey", "expected exactly one of privateKey and csrId")
        }
        upload.activation = .sites
        upload.description = try fields.optionalString("description")
        if let email = try fields.optionalString("email") {
            upload.compatibility["qwilt.email"] = .string(email)
        }
        if let notice = fields.value("expiryNotify") {
            upload.expiryNotice = try days(notice)
            upload.compatibility["qwilt.expiryNotify"] = notice
        }
        try fields.finish()
        return upload
    }

    /// PEM in base64 of either alphabet; its clients use both. What came is given back byte for byte,
    /// for they compare it.
    private func pem(
        _ fields: inout JSONFields, _ name: String
    ) throws(FieldFault) -> (text: String, encoded: String)? {
        let text = try fields.optionalString(name, max: JSONFields.documentMax)
        guard let encoded = text, !encoded.isEmpty else { return nil }
        var standard = encoded.filter { !$0.isNewline }
            .replacing("-", with: "+").replacing("_", with: "/")
        while standard.utf8.count % 4 != 0 { standard += "=" }
        guard let data = Data(base64Encoded: standard),
            let decoded = String(validating: data, as: UTF8.self), decoded.contains("-----BEGIN ")
        else { throw fields.invalid(name, "expected PEM in base64") }
        return (decoded, encoded)
    }

    /// The number of an object, as a number or as a text: responses have both.
    func number<Kind>(
        _ fields: inout JSONFields, _ name: String
    ) throws(FieldFault) -> ObjectNumber<Kind>? {
        switch fields.value(name) {
        case nil, .string(""): return nil
        case .integer(let value):
            if let number = ObjectNumber<Kind>(value) { return number }
        case .string(let text):
            if let number = ObjectNumber<Kind>(digits: text) { return number }
        default: throw FieldFault(.wrongType, fields.path(of: name), "expected a number")
        }
        throw fields.invalid(name, "expected the number of an object")
    }

    /// Days before expiry: a number, several, or `true` for `expiryNotice`. What shape Qwilt's has is not
    /// documented.
    private func days(_ value: JSONValue) throws(FieldFault) -> [Int] {
        var days: [Int] = []
        switch value {
        case .bool(let wanted): return wanted ? Self.expiryNotice : []
        case .integer(let day): days = [day]
        case .array(let elements) where elements.count <= 10:
            for element in elements {
                guard case .integer(let day) = element else {
                    throw FieldFault(.wrongType, "expiryNotify", "expected numbers of days")
                }
                days.append(day)
            }
        default: throw FieldFault(.wrongType, "expiryNotify", "expected numbers of days")
        }
        guard days.allSatisfy({ (1...365).contains($0) }) else {
            throw FieldFault(.invalid, "expiryNotify", "expected days from 1 to 365")
        }
        return days
    }

    /// In days.
    private static let expiryNotice = [30, 7]

    // MARK: Writing

    private func json(_ version: CertificateVersion) -> JSONValue {
        let blocks = version.chain.map { PEMBlocks.split($0) } ?? []
        let kept = version.compatibility
        let status = QwiltCertificateStatus(
            version.state, expiring: version.notAfter, now: services.now())
        return [
            "certId": .integer(version.number.value),
            "certificate": kept["qwilt.certificate"] ?? encoded(blocks.prefix(1)),
            "certificateChain": kept["qwilt.certificateChain"] ?? encoded(blocks.dropFirst()),
            "csrId": version.issuance.map(Self.identifier) ?? .null,
            "description": .string(version.description ?? ""),
            "email": kept["qwilt.email"] ?? .null,
            "expiryNotify": kept["qwilt.expiryNotify"] ?? .null,
            "pkHash": .string(version.keyFingerprint ?? ""), "tenant": .string(version.account),
            "domain": .string(version.names.first?.text ?? ""),
            "status": .string(status.rawValue), "type": "certificate",
        ]
    }

    private func encoded(_ blocks: some Collection<String>) -> JSONValue {
        .string(Data(blocks.joined().utf8).base64EncodedString())
    }
}
