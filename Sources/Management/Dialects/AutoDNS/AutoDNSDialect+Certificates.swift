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

    func search(_ call: DialectCall) async throws -> ManagementResponse {
        var fields = try call.fields()
        let filter = try filter(fields.optionalObjects("filters") ?? [])
        var view = try fields.optionalObject("view") ?? JSONFields([:], at: "view")
        let limit =
            try view.optionalInteger("limit", in: 1...PageRequest.limitMax) ?? Self.limitDefault
        let offset = try view.optionalInteger("offset", in: 0...100_000_000) ?? 0
        _ = view.value("children")
        try view.finish()
        for order in try fields.optionalObjects("orders") ?? [] {
            var order = order
            guard try order.string("key") == "id", try order.optionalString("type") != "DESC" else {
                throw fields.invalid("orders", "expected none: certificates come by their id")
            }
        }
        try fields.finish()
        let (lifecycle, caller) = (services.lifecycle, call.caller)
        let found = try await elements(offset..<(offset + limit)) {
            (page, size) async throws(LifecycleError) in
            try await lifecycle.certificates(filter, page: page, size: size, for: caller)
        }
        var data: [JSONValue] = []
        for certificate in found.elements {
            data.append(json(try await services.known(certificate, for: caller), call))
        }
        return success(
            .search, call,
            object: AutoDNSEnvelope.object("Certificate", "", summary: found.total), data: data)
    }

    private func filter(_ filters: [JSONFields]) throws -> CertificateFilter {
        var result = CertificateFilter()
        for (index, filter) in filters.enumerated() {
            var filter = filter
            let key = try filter.string("key")
            let value = try filter.string("value")
            let comparison = try filter.optionalString("operator") ?? "EQUAL"
            let link = try filter.optionalString("link") ?? "AND"
            try filter.finish()
            guard comparison == "EQUAL", link == "AND" || index == 0 else {
                throw filter.invalid("operator", "expected EQUAL, linked by AND")
            }
            switch key {
            case "name":
                guard let name = CertificateName(value) else {
                    throw filter.invalid("value", "expected a host name")
                }
                result.name = name
            case "partnerOrderId": result.clientReference = value
            case "product": result.compatibility["autodns.product"] = .string(value)
            default:
                throw filter.invalid("key", "expected name, product or partnerOrderId")
            }
        }
        return result
    }

    private static let limitDefault = 100

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
