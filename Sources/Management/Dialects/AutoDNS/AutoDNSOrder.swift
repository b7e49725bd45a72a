// SPDX-License-Identifier: Apache-2.0
import FoundationEssentials
import Provisioning
import Registry
import TLS

/// What a `Certificate` or a `CertificateData` of AutoDNS' asks for.
struct AutoDNSOrder: Sendable {
    /// The client's certification request in PEM; nil: the key is made here.
    var request: String?
    var names: [CertificateName] = []
    var product: String?
    /// Months.
    var term: Int?
    var reference: String?
    var comment: String?
    /// What is given back as it came.
    var compatibility: Compatibility = [:]

    /// Throws for what no edge can honour: a product that is none of the operator's, proof by mail.
    init(_ call: DialectCall, _ catalogue: Catalogue) throws {
        var fields = try call.fields()
        request = try fields.optionalString("csr", max: JSONFields.documentMax)
        if let plain = try fields.optionalString("plain", max: JSONFields.documentMax) {
            request = plain
        }
        product = try fields.optionalString("product")
        if let product, !catalogue.products.contains(product) {
            throw LifecycleError.unsupportedProduct(field: "product", value: product)
        }
        try readNames(&fields)
        try readAuthentication(&fields)
        try readTerm(&fields)
        reference = try fields.optionalString("partnerOrderId")
        comment = try fields.optionalString("comment")
        if let type = try fields.optionalString("certificateType"), type != "FQDN" {
            throw LifecycleError.unsupportedProduct(field: "certificateType", value: type)
        }
        if let product { compatibility["autodns.product"] = .string(product) }
        for name in Self.kept {
            if let value = fields.value(name) { compatibility["autodns.\(name)"] = value }
        }
        for name in Self.ignored { _ = fields.value(name) }
        try fields.finish()
    }

    private mutating func readNames(_ fields: inout JSONFields) throws {
        var texts = [String]()
        if let name = try fields.optionalString("name") { texts.append(name) }
        for element in try fields.optionalArray("subjectAlternativeNames") ?? [] {
            switch element {
            case .string(let text): texts.append(text)
            case .object(let members):
                var name = JSONFields(members, at: fields.path(of: "subjectAlternativeNames"))
                texts.append(try name.string("name"))
            default:
                throw fields.invalid("subjectAlternativeNames", "expected objects with a name")
            }
        }
        for (index, text) in texts.enumerated() {
            guard let name = CertificateName(text) else {
                throw fields.invalid(
                    index == 0 && fields.contains("name") ? "name" : "subjectAlternativeNames",
                    "expected a host name")
            }
            if !names.contains(name) { names.append(name) }
        }
    }

    /// An object, or an array of them: one for each name, as `prepareOrder` has answered.
    private mutating func readAuthentication(_ fields: inout JSONFields) throws {
        guard let value = fields.value("authentication") else { return }
        let elements: [JSONValue] = if case .array(let all) = value { all } else { [value] }
        for element in elements.prefix(JSONFields.elementsMax) {
            guard case .object(let members) = element else {
                throw FieldFault(.wrongType, "authentication", "expected an object")
            }
            var way = JSONFields(members, at: "authentication")
            let mails = try way.optionalStrings("approverEmails") ?? []
            let method = try way.optionalString("method") ?? (mails.isEmpty ? "DNS" : "EMAIL")
            guard ["DNS", "FILE"].contains(method), mails.isEmpty else {
                throw LifecycleError.unsupportedValidation(
                    field: "authentication.method", value: mails.isEmpty ? method : "EMAIL")
            }
            compatibility["autodns.method"] = .string(method)
        }
    }

    private mutating func readTerm(_ fields: inout JSONFields) throws {
        guard let value = fields.value("lifetime") else { return }
        guard case .object(let members) = value else {
            throw fields.invalid("lifetime", "expected an object with unit and period")
        }
        var lifetime = JSONFields(members, at: "lifetime")
        let unit = try lifetime.optionalString("unit") ?? "MONTH"
        let period = try lifetime.integer("period", in: 1...Self.termMax)
        try lifetime.finish()
        switch unit {
        case "MONTH": term = period
        case "YEAR" where period * 12 <= Self.termMax: term = period * 12
        default: throw lifetime.invalid("unit", "expected MONTH")
        }
        compatibility["autodns.lifetime"] = value
    }

    /// When a term that begins at a moment is over.
    func end(from start: Date) -> Date? {
        term.map { start.addingTimeInterval(Double($0) * 365.25 / 12 * 86_400) }
    }

    /// Months that can be ordered at once.
    private static let termMax = 120
    /// Administrative: kept and given back.
    private static let kept = ["adminContact", "technicalContact", "software"]
    /// About the order and not about the certificate, or what `GET` has answered and is sent back.
    private static let ignored = [
        "id", "orderId", "certificate", "checkCaa", "businessCase", "serialNumber", "server",
        "created", "updated", "owner", "updater", "expire", "payable", "histories",
        "certificationAuthority", "signatureHashAlgorithm", "keySize", "algorithm", "countryCode",
        "state", "city", "organization", "organizationUnit", "multiyear", "reissueRequired",
    ]
}
