// SPDX-License-Identifier: Apache-2.0
import FoundationEssentials
import Provisioning
import Registry
import TLS

/// Certificates that there are.
extension AutoDNSDialect {
    func info(_ call: DialectCall) async throws -> ManagementResponse {
        let certificate = try await certificate(call)
        let known = try await services.known(certificate, for: call.caller)
        var histories: [JSONValue] = []
        for number in certificate.versions where number != certificate.currentVersion {
            let version = try await services.lifecycle.version(number, for: call.caller)
            guard let serial = version.serial else { continue }
            histories.append([
                "serialNumber": .string(serial), "orderId": .string("\(number)"),
                "revoked": .text(version.revokedAt?.offsetText),
            ])
        }
        return success(
            .info, call, object: AutoDNSEnvelope.object("Certificate", known.commonName),
            messages: notices(certificate), data: [json(known, call, histories: histories)])
    }

    func delete(_ call: DialectCall) async throws -> ManagementResponse {
        let certificate = try await certificate(call)
        try await services.lifecycle.delete(certificate.number, by: call.caller)
        let name = certificate.names.first?.text ?? ""
        return success(.delete, call, object: AutoDNSEnvelope.object("Certificate", name))
    }

    /// Revokes the version with the serial number that the body names.
    func revoke(_ call: DialectCall) async throws -> ManagementResponse {
        let certificate = try await certificate(call)
        var fields = try call.fields()
        let serial = try fields.string("serialNumber").lowercased().drop { $0 == "0" }
        for name in ["id", "name"] { _ = fields.value(name) }
        try fields.finish()
        for number in certificate.versions.reversed() {
            let version = try await services.lifecycle.version(number, for: call.caller)
            guard let known = version.serial?.lowercased().drop(while: { $0 == "0" }),
                known == serial
            else { continue }
            _ = try await services.lifecycle.revoke(number, by: call.caller)
            return success(
                .revoke, call,
                object: AutoDNSEnvelope.object("Certificate", certificate.names.first?.text ?? ""))
        }
        throw fields.invalid("serialNumber", "is none of this certificate's")
    }

    func comment(_ call: DialectCall) async throws -> ManagementResponse {
        let certificate = try await certificate(call)
        var fields = try call.fields()
        var change = CertificateChange()
        change.description = .some(try fields.string("comment"))
        _ = fields.value("id")
        try fields.finish()
        _ = try await services.lifecycle.change(certificate.number, change, by: call.caller)
        return success(
            .comment, call,
            object: AutoDNSEnvelope.object("Certificate", certificate.names.first?.text ?? ""))
    }

    private func certificate(_ call: DialectCall) async throws -> ManagedCertificate {
        try await services.certificate(call.number(0, .certificate), for: call.caller)
    }

    // MARK: The list

    /// Members that `keys[]` could ask for beside the usual ones are always there.
    func search(_ call: DialectCall) async throws -> ManagementResponse {
        let query = try AutoDNSQuery(call)
        let (lifecycle, caller) = (services.lifecycle, call.caller)
        let filter = try await filter(query, for: caller)
        var found = NumberedPage<ManagedCertificate>(elements: [], total: 0)
        if let filter {
            found = try await elements(query.range) {
                (page, size) async throws(LifecycleError) in
                try await lifecycle.certificates(
                    filter, page: page, size: size, order: query.order, for: caller)
            }
        }
        var data: [JSONValue] = []
        for certificate in found.elements {
            data.append(json(try await services.known(certificate, for: caller), call))
        }
        return success(
            .search, call,
            object: AutoDNSEnvelope.object("Certificate", "", summary: found.total), data: data)
    }

    /// Nil: nothing can be as the query wants it.
    private func filter(
        _ query: AutoDNSQuery, for caller: Caller
    ) async throws -> CertificateFilter? {
        var result = CertificateFilter()
        for condition in query.conditions {
            let value = condition.value
            switch (condition.key, condition.comparison) {
            case ("id", .equal):
                guard let number = CertificateNumber(digits: value) else { return nil }
                result.number = number
            case ("name", .equal):
                guard let name = CertificateName(value) else {
                    throw condition.invalid("value", "expected a host name")
                }
                result.name = name
            case ("name", .like):
                result.pattern = NamePattern(value.replacing("%", with: "*"))
            case ("partnerOrderId", .equal): result.clientReference = value
            case ("product", .equal): result.compatibility["autodns.product"] = .string(value)
            case ("serialNumber", .equal):
                guard let number = try await certificate(ofSerial: value, for: caller) else {
                    return nil
                }
                result.number = number
            case ("expire", .less): result.expiresBefore = try condition.date()
            case ("expire", .greater): result.expiresAfter = try condition.date()
            case ("id", _), ("partnerOrderId", _), ("product", _), ("serialNumber", _):
                throw condition.invalid("operator", "expected EQUAL")
            case ("name", _): throw condition.invalid("operator", "expected EQUAL or LIKE")
            case ("expire", _): throw condition.invalid("operator", "expected LESS or GREATER")
            default:
                throw condition.invalid(
                    "key",
                    "expected id, name, product, partnerOrderId, serialNumber or expire")
            }
        }
        return result
    }

    private func certificate(
        ofSerial serial: String, for caller: Caller
    ) async throws(LifecycleError) -> CertificateNumber? {
        var filter = VersionFilter()
        filter.serial = serial.lowercased()
        return try await services.lifecycle.versions(
            filter, PageRequest(limit: 1), for: caller
        ).elements.first?.certificate
    }

    // MARK: JSON

    func json(
        _ known: KnownCertificate, _ call: DialectCall, histories: [JSONValue] = []
    ) -> JSONValue {
        let (certificate, version) = (known.certificate, known.version)
        let kept = certificate.compatibility
        let chain = known.chain
        return [
            "id": .integer(certificate.number.value), "name": .string(known.commonName),
            "orderId": .text(known.issuance.map { "\($0.number)" }),
            "partnerOrderId": .text(certificate.clientReference),
            "csr": .text(known.issuance?.request), "server": .text(chain.first),
            "serialNumber": .text(version?.serial), "product": kept["autodns.product"] ?? .null,
            "certificateType": "FQDN", "lifetime": kept["autodns.lifetime"] ?? .null,
            "software": kept["autodns.software"] ?? .null, "signatureHashAlgorithm": "SHA2",
            "expire": .text(version?.notAfter?.offsetText),
            "payable": .text(certificate.renewsUntil?.offsetText),
            "created": .string(certificate.createdAt.offsetText),
            "updated": .string(certificate.updatedAt.offsetText), "owner": owner(call),
            "updater": owner(call),
            "subjectAlternativeNames": .array(
                certificate.names.map { ["name": .string($0.text)] }),
            "histories": .array(histories),
            "certificationAuthority": .array(
                chain.dropFirst().map {
                    ["caType": "INTERMEDIATE", "caCertificate": .string($0)]
                }),
            "authentication": ["method": kept["autodns.method"] ?? "DNS"],
            "adminContact": kept["autodns.adminContact"] ?? .null,
            "technicalContact": kept["autodns.technicalContact"] ?? .null,
            "comment": .text(certificate.description),
            "multiyear": .bool(certificate.renewsUntil != nil), "reissueRequired": false,
        ]
    }
}
