// SPDX-License-Identifier: Apache-2.0
import Provisioning
import Registry
import TLS

/// `/certificates`: names that are certified time and again.
enum CertificatesResource {
    static let routes = [
        Route(
            verb: .get, path: "/certificates", name: "listCertificates",
            summary: "The account's certificates, oldest first.", scope: .read,
            query: QueryParameters.page + [
                .init(
                    "state", Schema.oneOf(ManagedCertificate.Status.self),
                    "Only those in this state."),
                QueryParameters.name,
                .init(
                    "issuer", Schema.oneOf(ManagedCertificate.IssuedBy.self),
                    "Only those signed so."),
                QueryParameters.expiresBefore, QueryParameters.clientReference,
            ],
            answer: .page(of: "Certificate", "A page of certificates."), handle: list),
        Route(
            verb: .post, path: "/certificates", name: "createCertificate",
            summary: "Makes a certificate with its first issuance.", scope: .write,
            body: "CertificateDraft",
            answer: .object("Certificate", status: 201, "The certificate."), handle: create),
        Route(
            verb: .get, path: "/certificates/{certificate}", name: "getCertificate",
            summary: "One certificate.", scope: .read,
            answer: .object("Certificate", "The certificate."), hasTag: true, handle: get),
        Route(
            verb: .patch, path: "/certificates/{certificate}", name: "changeCertificate",
            summary: "Changes how a certificate renews itself, and what it is called.",
            scope: .write, body: "CertificateChange",
            answer: .object("Certificate", "The certificate."), hasTag: true, handle: change),
        Route(
            verb: .delete, path: "/certificates/{certificate}", name: "deleteCertificate",
            summary: "Takes a certificate out of service, and ends what is under way for it.",
            scope: .write, query: [QueryParameters.revoke],
            answer: .nothing("It is out of service."), handle: delete),
        Route(
            verb: .get, path: "/certificates/{certificate}/issuances",
            name: "listIssuancesOfCertificate", summary: "The attempts at a certificate.",
            scope: .read, query: QueryParameters.page,
            answer: .page(of: "Issuance", "A page of issuances."), handle: issuances),
        Route(
            verb: .post, path: "/certificates/{certificate}/issuances", name: "createIssuance",
            summary: "Makes another attempt: a renewal or a reissue. One that waits for its next "
                + "attempt is attempted at once.", scope: .write,
            body: "IssuanceDraft", bodyIsOptional: true,
            answer: .object("Issuance", status: 201, "The issuance."), handle: issue),
    ]

    private static func list(_ call: NativeCall) async throws -> ManagementResponse {
        var filter = CertificateFilter()
        filter.status = try call.value("state", of: ManagedCertificate.Status.self)
        filter.within = try call.host("name")
        filter.issuer = try call.value("issuer", of: ManagedCertificate.IssuedBy.self)
        filter.expiresBefore = try call.date("expires_before")
        filter.clientReference = try call.shortText("client_reference")
        let page = try await call.lifecycle.certificates(filter, try call.page(), for: call.caller)
        var elements: [JSONValue] = []
        for certificate in page.elements { elements.append(try await shown(certificate, call)) }
        return call.list(elements, next: page.next)
    }

    private static func create(_ call: NativeCall) async throws -> ManagementResponse {
        let draft = try CertificateDraft(try call.fields())
        let made = try await call.lifecycle.create(draft, by: call.caller)
        return call.created(try await shown(made.certificate, call), at: "certificates")
    }

    private static func get(_ call: NativeCall) async throws -> ManagementResponse {
        try call.object(try await shown(try await certificate(call), call))
    }

    private static func change(_ call: NativeCall) async throws -> ManagementResponse {
        let change = try CertificateChange(try call.fields())
        let certificate = try await certificate(call)
        let changed = try await call.lifecycle.change(
            certificate.number, change,
            ifGeneration: try call.expectedGeneration(of: try await shown(certificate, call)),
            by: call.caller)
        return call.changed(try await shown(changed, call))
    }

    private static func delete(_ call: NativeCall) async throws -> ManagementResponse {
        let certificate = try await certificate(call)
        try await call.lifecycle.delete(
            certificate.number, revoking: try call.flag("revoke"), by: call.caller)
        return .empty(204)
    }

    private static func issuances(_ call: NativeCall) async throws -> ManagementResponse {
        var filter = IssuanceFilter()
        filter.certificate = try await certificate(call).number
        let page = try await call.lifecycle.issuances(filter, try call.page(), for: call.caller)
        return call.list(page.elements.map(\.snapshot), next: page.next)
    }

    private static func issue(_ call: NativeCall) async throws -> ManagementResponse {
        let draft = try IssuanceDraft(try call.fields())
        let certificate = try await certificate(call)
        let issuance = try await call.lifecycle.issue(
            certificate.number, draft, by: call.caller)
        return call.created(issuance.snapshot, at: "issuances")
    }

    /// The certificate that the path names; one that was deleted is not there.
    private static func certificate(_ call: NativeCall) async throws -> ManagedCertificate {
        let number = try call.number("certificate", of: ManagedCertificate.self)
        let certificate = try await call.lifecycle.certificate(number, for: call.caller)
        guard !certificate.isDeleted else {
            throw LifecycleError.notFound(.certificate, number.identifier)
        }
        return certificate
    }

    private static func shown(
        _ certificate: ManagedCertificate, _ call: NativeCall
    ) async throws -> JSONValue {
        certificate.snapshot(status: try await call.lifecycle.status(of: certificate))
    }
}
