// SPDX-License-Identifier: Apache-2.0
@testable import Management
@testable import Provisioning
import Registry
import TLS
import Testing

/// Every reason to decline has the shape of the dialect that declines, and none is a 500.
@Suite struct DialectErrorTests {
    @Test func `every reason to decline has each dialect's own shape`() async throws {
        let rig = try await DialectRig()
        for sample in Self.samples {
            for shape in DialectShape.allCases {
                let answer = shape.answer(sample.fault, rig)
                #expect((400...503).contains(answer.status) && answer.status != 500)
                #expect(shape.problem(with: answer) == nil, "\(shape) \(sample.label)")
                #expect(answer.status == sample.status(in: shape), "\(shape) \(sample.label)")
            }
        }
    }

    @Test func `who has to wait is told how long`() async throws {
        let rig = try await DialectRig()
        for fault in [
            DialectFault.lockedOut(seconds: 17), .declined(.rateLimited("Slow", retryAfter: 17)),
        ] {
            for shape in DialectShape.allCases {
                #expect(shape.answer(fault, rig).field("Retry-After") == "17", "\(shape)")
            }
        }
    }

    @Test func `what is wrong inside the edge is not told outside`() async throws {
        let rig = try await DialectRig()
        for shape in DialectShape.allCases {
            let answer = shape.answer(.declined(.unavailable("disk /secret/path")), rig)
            #expect(answer.status == 503)
            #expect(!answer.bodyText.contains("/secret/path"))
        }
        struct Inside: Error { let path = "/secret/path" }
        for error: any Error in [LifecycleError.unavailable("disk /secret/path"), Inside()] {
            let native = ProblemDocument(anyError: error).response
            #expect(native.status == 503)
            #expect(!native.bodyText.contains("/secret/path"))
            // The operator is told all of it.
            #expect(LifecycleError.inside(error)?.contains("/secret/path") == true)
        }
        #expect(LifecycleError.inside(LifecycleError.changedMeanwhile) == nil)
    }

    /// A reason, and the statuses that dialects answer it with: Entri, DNSimple, AutoDNS, Resello, Qwilt.
    struct Sample: Sendable {
        let label: String
        let fault: DialectFault
        let statuses: [Int]

        init(_ label: String, _ fault: DialectFault, _ statuses: Int...) {
            self.label = label
            self.fault = fault
            self.statuses = statuses
        }

        func status(in shape: DialectShape) -> Int {
            let index = DialectShape.allCases.firstIndex(of: shape) ?? 0
            return statuses.count == 1 ? statuses[0] : statuses[index]
        }
    }

    private static var samples: [Sample] {
        let number = VersionNumber(7)!
        let wildcard = CertificateName("*.shop.test")!
        let delegation = Delegation(from: "_acme-challenge.shop.test", to: "x.acme.edge.test")
        let report = DomainReport(
            name: wildcard,
            routing: .ineligible(
                Ineligibility(
                    cause: .notFound, advice: "no record", changes: [], retryAfter: nil,
                    evidence: Evidence())),
            delegation: DelegationReport(delegation: delegation, found: [], trouble: nil),
            persistence: PersistenceReport(
                owner: "", expected: [], found: [], isInPlace: false), isServed: false)
        return [
            Sample("unauthenticated", .unauthenticated, 401),
            Sample("locked out", .lockedOut(seconds: 5), 429),
            Sample("forbidden", .forbidden(.write), 403),
            Sample("no such call", .noSuchCall, 404),
            Sample("method", .methodNotAllowed(allow: "GET"), 405),
            Sample("too large", .request(.bodyTooLarge(max: 1)), 413),
            Sample("framing", .request(.malformedBody("chunk")), 400),
            Sample("overloaded", .request(.overloaded), 503),
            Sample("no JSON", .field(FieldFault(.malformed, "", "expected JSON")), 400),
            Sample("field", .field(FieldFault(.wrongType, "domain", "a text")), 400),
            Sample("not found", .declined(.notFound(.certificate, "7")), 404),
            Sample("invalid", .declined(.invalid(field: "names", reason: "no name")), 400),
            Sample(
                "validation",
                .declined(.unsupportedValidation(field: "dcv_type", value: "EMAIL")), 400),
            Sample(
                "product", .declined(.unsupportedProduct(field: "plan", value: "OV")), 400),
            Sample("not routed", .declined(.notRouted(report)), 400),
            Sample("delegation", .declined(.needsDelegation(wildcard, delegation)), 400),
            Sample("not issued", .declined(.notIssued(number)), 409, 428, 400, 409, 400),
            Sample("no key", .declined(.keyUnavailable(number)), 409, 428, 400, 409, 400),
            Sample("conflict", .declined(.conflict("taken")), 409, 400, 400, 409, 400),
            Sample("changed", .declined(.changedMeanwhile), 409, 400, 400, 409, 400),
            Sample("limit", .declined(.rateLimited("Slow", retryAfter: nil)), 429),
            Sample("unfit", .declined(.unfit(field: "certificate", .wrongKey)), 400),
            Sample("unavailable", .declined(.unavailable("disk")), 503),
        ]
    }
}

/// A dialect as tests look at it: where it is, and what its errors look like.
enum DialectShape: String, CaseIterable, Sendable {
    case entri, dnsimple, autodns, resello, qwilt

    /// A path of the dialect's.
    var path: String {
        switch self {
        case .entri: "/ssl"
        case .dnsimple: "/v2/1/domains"
        case .autodns: "/v1/certificate"
        case .resello: "/ssl-certificate"
        case .qwilt: "/api/v2/certificates"
        }
    }

    func answer(_ fault: DialectFault, _ rig: DialectRig) -> ManagementResponse {
        let request = rig.request("POST", path)
        return switch self {
        case .entri: EntriDialect(rig.services).answer(fault, to: request)
        case .dnsimple: DNSimpleDialect(rig.services).answer(fault, to: request)
        case .autodns: AutoDNSDialect(rig.services).answer(fault, to: request)
        case .resello: ReselloDialect(rig.services).answer(fault, to: request)
        case .qwilt: QwiltDialect(rig.services).answer(fault, to: request)
        }
    }

    /// What is not as the dialect's errors are; nil: nothing.
    func problem(with answer: ManagementResponse) -> String? {
        let body = answer.json
        guard answer.field("Content-Type") == "application/json" else { return "Content-Type" }
        switch self {
        case .entri:
            return Set(body.objectValue?.keys ?? [:].keys) == ["message"]
                && isText(body["message"]) ? nil : "\(body)"
        case .dnsimple:
            for name in ["Limit", "Remaining", "Reset"] {
                guard let value = answer.field("X-RateLimit-\(name)"), Int(value) != nil else {
                    return "X-RateLimit-\(name)"
                }
            }
            guard isText(body["message"]) else { return "\(body)" }
            let fields = body["errors"]?.objectValue ?? [:]
            return fields.values.allSatisfy { isText($0[0]) } ? nil : "\(body)"
        case .autodns:
            let message = body["messages"]?[0]
            let isWhole =
                isText(body["stid"]) && body["data"] == [] && body["status"]?["type"] == "ERROR"
                && body["status"]?["code"]?.stringValue?.hasPrefix("E") == true
                && isText(message?["text"]) && message?["status"] == "ERROR"
                && message?["code"]?.stringValue?.hasPrefix("EF") == true
            return isWhole ? nil : "\(body)"
        case .resello:
            let isWhole =
                body["success"] == false && isText(body["code"]) && isText(body["message"])
                && body["error"]?["message"] != nil
            return isWhole ? nil : "\(body)"
        case .qwilt:
            let isWhole =
                body["status"]?.integerValue == answer.status && isText(body["error"])
                && isText(body["message"])
            return isWhole ? nil : "\(body)"
        }
    }

    /// Whether an error names a field in its dialect's way.
    func names(_ field: String, in answer: ManagementResponse) -> Bool {
        let body = answer.json
        return switch self {
        case .entri: body["message"]?.stringValue?.contains(field) == true
        case .dnsimple: body["errors"]?[field] != nil
        case .autodns: body["messages"]?[0]?["objects"]?[0]?["type"]?.stringValue == field
        case .resello: body["error"]?["message"]?[field] != nil
        case .qwilt: body["field"]?.stringValue == field
        }
    }

    private func isText(_ value: JSONValue?) -> Bool { value?.stringValue?.isEmpty == false }
}
