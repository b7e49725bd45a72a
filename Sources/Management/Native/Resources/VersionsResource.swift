// SPDX-License-Identifier: Apache-2.0
import ACME
import Provisioning
import Registry

/// `/versions`: signed certificates.
enum VersionsResource {
    static let routes =
        [
            Route(
                verb: .get, path: "/versions", name: "listVersions",
                summary: "The account's signed certificates, oldest first.", scope: .read,
                query: QueryParameters.page + [
                    .init(
                        "certificate_id", Schema.id(of: ManagedCertificate.self),
                        "Only those of this certificate."),
                    .init(
                        "state", Schema.oneOf(CertificateVersion.State.self),
                        "Only those in this state."),
                    QueryParameters.name, QueryParameters.expiresBefore,
                    .init(
                        "serial", Schema.text(max: 40, pattern: "^[0-9a-f]{1,40}$"),
                        "Only the one with this serial number."),
                ],
                answer: .page(of: "Version", "A page of versions."), handle: list),
            Route(
                verb: .post, path: "/versions", name: "uploadVersion",
                summary: "Takes in a signed certificate with its key.", scope: .write,
                body: "VersionUpload",
                answer: .object("Version", status: 201, "The version."), handle: upload),
            Route(
                verb: .get, path: "/versions/{version}", name: "getVersion",
                summary: "One version.", scope: .read,
                answer: .object("Version", "The version."), hasTag: true, handle: get),
            Route(
                verb: .put, path: "/versions/{version}", name: "replaceVersion",
                summary: "Puts another signed certificate in the place of one that was uploaded.",
                scope: .write, body: "VersionUpload",
                answer: .object("Version", "The version."), handle: replace),
            Route(
                verb: .delete, path: "/versions/{version}", name: "deleteVersion",
                summary: "Forgets a version that is not in service.", scope: .write,
                answer: .nothing("It is gone."), handle: delete),
            Route(
                verb: .post, path: "/versions/{version}/activate", name: "activateVersion",
                summary: "Puts a version into service for its certificate's names.", scope: .write,
                answer: .object("Version", "The version."), handle: activate),
            Route(
                verb: .post, path: "/versions/{version}/revoke", name: "revokeVersion",
                summary: "Has its CA revoke a version, and takes it out of service.",
                scope: .write, body: "Revocation", bodyIsOptional: true,
                answer: .object("Version", "The version."), handle: revoke),
            Route(
                verb: .get, path: "/versions/{version}/private-key.pem", name: "getPrivateKey",
                summary: "The private key. That it was taken away is an event.", scope: .keys,
                answer: .file("application/x-pem-file", "The key in PEM."), handle: privateKey),
        ] + files.map(download)

    /// The files that a version can be taken away as.
    private static let files: [(file: String, name: String, format: DownloadFormat, type: String)] =
        [
            ("chain.pem", "getChain", .pem, "application/x-pem-file"),
            ("certificate.pem", "getLeaf", .crt, "application/x-pem-file"),
            ("issuers.pem", "getIssuers", .ca, "application/x-pem-file"),
            ("request.pem", "getRequestOfVersion", .csr, "application/x-pem-file"),
            ("chain.p7b", "getPKCS7", .p7b, "application/x-pkcs7-certificates"),
            ("chain.p7b.pem", "getPKCS7AsPEM", .pkcs7, "application/x-pem-file"),
            ("bundle.zip", "getBundle", .zip, "application/zip"),
        ]

    private static func download(
        _ file: String, _ name: String, _ format: DownloadFormat, _ type: String
    ) -> Route {
        Route(
            verb: .get, path: "/versions/{version}/\(file)", name: name,
            summary: "The version as a file.", scope: .read,
            answer: .file(type, "The file.")
        ) { call in
            let download = try await call.lifecycle.download(
                try number(call), as: format, for: call.caller)
            return .file(download.bytes, type: type, name: download.name)
        }
    }

    private static func list(_ call: NativeCall) async throws -> ManagementResponse {
        var filter = VersionFilter()
        filter.certificate = try call.id("certificate_id", of: ManagedCertificate.self)
        filter.state = try call.value("state", of: CertificateVersion.State.self)
        filter.within = try call.host("name")
        filter.expiresBefore = try call.date("expires_before")
        filter.serial = try call.hexadecimal("serial", max: 40)
        filter.includesReserved = filter.state == .reserved
        let page = try await call.lifecycle.versions(filter, try call.page(), for: call.caller)
        return call.list(page.elements.map(\.snapshot), next: page.next)
    }

    private static func upload(_ call: NativeCall) async throws -> ManagementResponse {
        let upload = try VersionUpload(try call.fields())
        let version = try await call.lifecycle.upload(upload, by: call.caller)
        return call.created(version.snapshot, at: "versions")
    }

    private static func get(_ call: NativeCall) async throws -> ManagementResponse {
        try call.object(
            try await call.lifecycle.version(try number(call), for: call.caller).snapshot)
    }

    private static func replace(_ call: NativeCall) async throws -> ManagementResponse {
        let number = try number(call)
        let upload = try VersionUpload(try call.fields())
        return .json(
            200,
            try await call.lifecycle.replace(number, with: upload, by: call.caller).snapshot)
    }

    private static func delete(_ call: NativeCall) async throws -> ManagementResponse {
        try await call.lifecycle.delete(try number(call), by: call.caller)
        return .empty(204)
    }

    private static func activate(_ call: NativeCall) async throws -> ManagementResponse {
        try call.fields().finish()
        return .json(
            200, try await call.lifecycle.activate(try number(call), by: call.caller).snapshot)
    }

    private static func revoke(_ call: NativeCall) async throws -> ManagementResponse {
        var fields = try call.fields()
        let reason = try fields.optionalCase("reason", of: RevocationWord.self) ?? .unspecified
        try fields.finish()
        return .json(
            200,
            try await call.lifecycle.revoke(
                try number(call), because: reason.reason, by: call.caller
            ).snapshot)
    }

    private static func privateKey(_ call: NativeCall) async throws -> ManagementResponse {
        let number = try number(call)
        let key = try await call.lifecycle.privateKey(of: number, by: call.caller)
        var response = ManagementResponse.file(
            Array(key.utf8), type: "application/x-pem-file",
            name: "\(number.identifier).key.pem")
        response.fields.append(("Cache-Control", "no-store"))
        return response
    }

    private static func number(_ call: NativeCall) throws(ProblemDocument) -> VersionNumber {
        try call.number("version", of: CertificateVersion.self)
    }
}

/// Reasons for a revocation as the API has them.
enum RevocationWord: String, CaseIterable {
    case unspecified, superseded
    case keyCompromise = "key_compromise"
    case affiliationChanged = "affiliation_changed"
    case cessationOfOperation = "cessation_of_operation"

    var reason: RevocationReason {
        switch self {
        case .unspecified: .unspecified
        case .superseded: .superseded
        case .keyCompromise: .keyCompromise
        case .affiliationChanged: .affiliationChanged
        case .cessationOfOperation: .cessationOfOperation
        }
    }
}

extension VersionUpload {
    /// Reads the body of an upload.
    init(_ body: JSONFields) throws(FieldFault) {
        var fields = body
        self.init(certificate: try fields.string("certificate", max: JSONFields.documentMax))
        issuers = try fields.optionalString("issuers", max: JSONFields.documentMax)
        privateKey = try fields.optionalString("private_key", max: JSONFields.documentMax)
        if let id = try fields.optionalString("issuance_id") {
            guard let number = IssuanceNumber(identifier: id) else {
                throw fields.invalid("issuance_id", "expected an id such as iss_12")
            }
            issuance = number
        }
        guard (privateKey == nil) != (issuance == nil) else {
            throw fields.invalid("private_key", "expected either private_key or issuance_id")
        }
        requiredNames =
            try fields.optionalCertificateNames(
                "required_names", count: ManagedCertificate.namesMax) ?? []
        activation =
            try fields.optionalCase("activation", of: ManagedCertificate.Activation.self)
            ?? activation
        expiryNotice = try fields.expiryNotice() ?? []
        clientReference = try fields.shortText("client_reference")
        description = try fields.shortText("description")
        try fields.finish()
    }
}
