// SPDX-License-Identifier: Apache-2.0
import Provisioning
import Registry

/// `/issuances`: attempts at certificates; and `/csr/inspect`, which looks at a request without one.
enum IssuancesResource {
    static let routes = [
        Route(
            verb: .get, path: "/issuances", name: "listIssuances",
            summary: "The account's issuances, oldest first.", scope: .read,
            query: QueryParameters.page + [
                .init(
                    "certificate_id", Schema.id(of: ManagedCertificate.self),
                    "Only those of this certificate."),
                .init("state", Schema.oneOf(Issuance.State.self), "Only those in this state."),
            ],
            answer: .page(of: "Issuance", "A page of issuances."), handle: list),
        Route(
            verb: .get, path: "/issuances/{issuance}", name: "getIssuance",
            summary: "One issuance, with how far each name's validation has come.", scope: .read,
            answer: .object("Issuance", "The issuance."), hasTag: true, handle: get),
        Route(
            verb: .post, path: "/issuances/{issuance}/start", name: "startIssuance",
            summary: "Begins an issuance that waits for it.", scope: .write,
            answer: .object("Issuance", "The issuance."), handle: start),
        Route(
            verb: .post, path: "/issuances/{issuance}/retry", name: "retryIssuance",
            summary: "Tries again: a new issuance after one that failed; one that waits for a "
                + "delegation, or for its next attempt, goes on at once.", scope: .write,
            answer: .object("Issuance", "The issuance that is under way."), handle: retry),
        Route(
            verb: .post, path: "/issuances/{issuance}/cancel", name: "cancelIssuance",
            summary: "Ends an issuance that is open.", scope: .write,
            answer: .object("Issuance", "The issuance."), handle: cancel),
        Route(
            verb: .get, path: "/issuances/{issuance}/request.pem", name: "getRequest",
            summary: "The certification request.", scope: .read,
            answer: .file("application/x-pem-file", "The request in PEM."), handle: request),
        Route(
            verb: .put, path: "/issuances/{issuance}/chain", name: "putSignedChain",
            summary: "Takes in what a CA of your choice has signed for the issuance's request.",
            scope: .write, body: "SignedChain",
            answer: .object("Version", "The version."), handle: putChain),
        Route(
            verb: .post, path: "/csr/inspect", name: "inspectRequest",
            summary: "What a certification request says, and what DNS says of its names.",
            scope: .read, body: "Inspection",
            answer: .object("RequestReport", "What it says."), handle: inspect),
    ]

    private static func list(_ call: NativeCall) async throws -> ManagementResponse {
        var filter = IssuanceFilter()
        filter.certificate = try call.id("certificate_id", of: ManagedCertificate.self)
        filter.state = try call.value("state", of: Issuance.State.self)
        let page = try await call.lifecycle.issuances(filter, try call.page(), for: call.caller)
        return call.list(page.elements.map(\.snapshot), next: page.next)
    }

    private static func get(_ call: NativeCall) async throws -> ManagementResponse {
        try call.object(
            try await call.lifecycle.issuance(try number(call), for: call.caller).snapshot)
    }

    private static func start(_ call: NativeCall) async throws -> ManagementResponse {
        try call.fields().finish()
        return .json(
            200, try await call.lifecycle.start(try number(call), by: call.caller).snapshot)
    }

    private static func retry(_ call: NativeCall) async throws -> ManagementResponse {
        try call.fields().finish()
        return .json(
            200, try await call.lifecycle.retry(try number(call), by: call.caller).snapshot)
    }

    private static func cancel(_ call: NativeCall) async throws -> ManagementResponse {
        try call.fields().finish()
        return .json(
            200, try await call.lifecycle.cancel(try number(call), by: call.caller).snapshot)
    }

    private static func request(_ call: NativeCall) async throws -> ManagementResponse {
        let issuance = try await call.lifecycle.issuance(try number(call), for: call.caller)
        guard let request = issuance.request else {
            throw ProblemDocument(.notIssued, "There is no request yet.")
        }
        return .file(
            Array(request.utf8), type: "application/x-pem-file",
            name: "\(issuance.number.identifier).csr.pem")
    }

    private static func putChain(_ call: NativeCall) async throws -> ManagementResponse {
        var fields = try call.fields()
        let chain = try fields.string("certificate", max: JSONFields.documentMax)
        var upload = VersionUpload(certificate: chain)
        upload.issuers = try fields.optionalString("issuers", max: JSONFields.documentMax)
        upload.issuance = try number(call)
        upload.expiryNotice = try fields.expiryNotice() ?? []
        upload.description = try fields.shortText("description")
        try fields.finish()
        return .json(
            200, try await call.lifecycle.upload(upload, by: call.caller).snapshot)
    }

    private static func inspect(_ call: NativeCall) async throws -> ManagementResponse {
        var fields = try call.fields()
        let request = try fields.string("request", max: JSONFields.documentMax)
        try fields.finish()
        return .json(200, try await call.lifecycle.inspect(request: request).json)
    }

    private static func number(_ call: NativeCall) throws(ProblemDocument) -> IssuanceNumber {
        try call.number("issuance", of: Issuance.self)
    }
}

extension RequestInspection {
    fileprivate var json: JSONValue {
        [
            "names": JSONValue(names), "common_name": JSONValue(commonName),
            "subject": subject.snapshot,
            "key": [
                "algorithm": .string(keyAlgorithm), "bits": .integer(keyBits),
                "fingerprint": .string(keyFingerprint),
            ],
            "signature_algorithm": .string(signatureAlgorithm),
            "reports": .array(reports.map(\.json)),
        ]
    }
}
