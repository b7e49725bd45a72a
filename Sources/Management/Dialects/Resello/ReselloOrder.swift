// SPDX-License-Identifier: Apache-2.0
import Provisioning
import Registry

/// What the body of an order, a renewal or a reissue says.
struct ReselloOrder: Sendable {
    let request: String
    let clientReference: String?
    /// What is kept and given back.
    let compatibility: Compatibility

    /// Which of its calls it is: they differ in what they take.
    enum Kind: Sendable {
        case order, renewal, reissue
    }

    /// Throws for what no edge can honour: proof by mail, a plan that stands for nothing here.
    init(_ call: DialectCall, _ kind: Kind, _ catalogue: Catalogue) throws {
        var fields = try call.fields()
        request = try fields.string("csr", max: JSONFields.documentMax)
        let method = try Self.method(&fields)
        var kept: Compatibility = ["resello.dcv_type": .string(method)]
        if let plan = try fields.optionalString("plan") {
            guard kind != .reissue else {
                throw fields.invalid("plan", "a reissue keeps the plan of the certificate")
            }
            guard let known = catalogue.plan(plan) else {
                throw LifecycleError.unsupportedProduct(field: "plan", value: plan)
            }
            kept["resello.plan"] = .string(known.id)
        } else if kind == .order {
            throw FieldFault(.missing, "plan", "expected the id of a plan, found nothing")
        }
        if fields.contains("ee_reference_order_id") {
            throw LifecycleError.unsupportedProduct(
                field: "ee_reference_order_id", value: "of an upgrade order")
        }
        clientReference = try fields.optionalString("client_reference")
        for name in Self.administrative {
            if let value = try fields.optionalString(name) {
                kept["resello.\(name)"] = .string(value)
            }
        }
        _ = fields.value("ee_reference_order_id")
        try fields.finish()
        compatibility = kept
    }

    /// `FILE` and `DNS` are both the edge's own business.
    static func method(_ fields: inout JSONFields) throws -> String {
        let method = try fields.string("dcv_type")
        switch method {
        case "FILE", "DNS": return method
        case "EMAIL":
            throw LifecycleError.unsupportedValidation(field: "dcv_type", value: method)
        default: throw fields.invalid("dcv_type", "expected DNS or FILE")
        }
    }

    /// What a CA of validated organizations would ask; kept with a certificate that says nothing of it.
    static let administrative = [
        "chamber_of_commerce", "company_name", "department", "address", "zip_code", "city",
        "approver_first_name", "approver_last_name", "approver_email_address",
        "approver_phone_number",
    ]
}

extension Catalogue {
    func plan(_ id: String) -> Plan? {
        plans.first { $0.id.lowercased() == id.lowercased() }
    }
}
