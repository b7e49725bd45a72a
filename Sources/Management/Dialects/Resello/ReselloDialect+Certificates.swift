// SPDX-License-Identifier: Apache-2.0
import FoundationEssentials
import Provisioning
import Registry
import TLS

/// Certificates: ordered, renewed, reissued, validated again, taken away.
extension ReselloDialect {
    /// All of them; by pages, which Resello's page knows nothing of, for who asks for them.
    func list(_ call: DialectCall) async throws -> ManagementResponse {
        var filter = CertificateFilter()
        filter.clientReference = call.request.queryValue("client_reference")
        if let plan = call.request.queryValue("plan") {
            guard UUID(uuidString: plan) != nil else {
                throw FieldFault(.invalid, "plan", "expected a UUID")
            }
            let id = services.catalogue.plan(plan)?.id ?? plan
            filter.compatibility["resello.plan"] = .string(id)
        }
        if call.request.queryValue("page") != nil || call.request.queryValue("per_page") != nil {
            return try await page(filter, call)
        }
        let wanted = filter
        return try await services.list(call) { page async throws(LifecycleError) in
            try await services.lifecycle.certificates(wanted, page, for: call.caller)
        } _: { certificate async throws(LifecycleError) in
            try await json(certificate, call)
        }
    }

    /// `Link` says where the next page is.
    private func page(
        _ filter: CertificateFilter, _ call: DialectCall
    ) async throws -> ManagementResponse {
        let page = try call.queryNumber("page", in: 1...1_000_000, default: 1)
        let size = try call.queryNumber(
            "per_page", in: 1...PageRequest.limitMax, default: PageRequest.limitMax)
        let found = try await services.lifecycle.certificates(
            filter, page: page - 1, size: size, for: call.caller)
        var elements: [JSONValue] = []
        for certificate in found.elements {
            elements.append(try await json(certificate, call))
        }
        var fields = [(name: "X-Total-Count", value: "\(found.total)")]
        if page * size < found.total {
            let query = call.request.query.filter { $0.name != "page" }.map {
                "\($0.name)=\(PercentCoding.encode($0.value))&"
            }
            fields.append(
                ("Link", "<\(call.request.path)?\(query.joined())page=\(page + 1)>; rel=\"next\""))
        }
        return .json(200, .array(elements), fields: fields)
    }

    func create(_ call: DialectCall) async throws -> ManagementResponse {
        let order = try ReselloOrder(call, .order, services.catalogue)
        var draft = CertificateDraft(names: [])
        draft.request = order.request
        draft.clientReference = order.clientReference
        draft.compatibility = order.compatibility
        let (certificate, _) = try await services.lifecycle.create(draft, by: call.caller)
        return .json(201, try await json(certificate, call))
    }

    func one(_ call: DialectCall) async throws -> ManagementResponse {
        .json(200, try await json(certificate(call), call))
    }

    /// Out of service at once. Nobody has paid, so that nothing is refunded.
    func delete(_ call: DialectCall) async throws -> ManagementResponse {
        let certificate = try await certificate(call)
        try await services.lifecycle.delete(certificate.number, by: call.caller)
        let deleted = try await services.lifecycle.certificate(
            certificate.number, for: call.caller)
        return .json(200, try await json(deleted, call))
    }

    func renew(_ call: DialectCall) async throws -> ManagementResponse {
        try await issue(call, .renewal, IssuanceDraft(reason: .renewal))
    }

    /// What is in service is revoked as soon as its successor is.
    func reissue(_ call: DialectCall) async throws -> ManagementResponse {
        var draft = IssuanceDraft(reason: .reissue)
        draft.revokesPredecessor = true
        return try await issue(call, .reissue, draft)
    }

    private func issue(
        _ call: DialectCall, _ kind: ReselloOrder.Kind, _ template: IssuanceDraft
    ) async throws -> ManagementResponse {
        let certificate = try await certificate(call)
        let order = try ReselloOrder(call, kind, services.catalogue)
        var draft = template
        draft.request = order.request
        _ = try await services.lifecycle.issue(certificate.number, draft, by: call.caller)
        var change = CertificateChange()
        if let reference = order.clientReference { change.clientReference = .some(reference) }
        change.compatibility = certificate.compatibility.merging(order.compatibility) { $1 }
        let changed = try await services.lifecycle.change(
            certificate.number, change, by: call.caller)
        return .json(200, try await json(changed, call))
    }

    // MARK: Validation

    func validate(_ call: DialectCall) async throws -> ManagementResponse {
        let certificate = try await certificate(call)
        var fields = try call.fields()
        _ = try ReselloOrder.method(&fields)
        let domain = try fields.optionalString("domain")
        _ = fields.value("email_address")
        try fields.finish()
        if let domain {
            guard let name = CertificateName(domain), certificate.names.contains(name) else {
                throw fields.invalid("domain", "is none of the certificate's names")
            }
        }
        guard let issuance = certificate.openIssuance ?? certificate.issuances.last else {
            throw LifecycleError.conflict("There is no validation to be tried again")
        }
        _ = try await services.lifecycle.retry(issuance, by: call.caller)
        let known = try await services.certificate(certificate.number, for: call.caller)
        return .json(200, try await json(known, call))
    }

    func validationDetails(_ call: DialectCall) async throws -> ManagementResponse {
        let certificate = try await certificate(call)
        let known = try await services.known(certificate, for: call.caller)
        let status = try await services.lifecycle.status(of: certificate)
        let domains = (known.issuance?.authorizations ?? []).map { progress -> JSONValue in
            [
                "domain": .string(progress.name.text),
                "status": .string(ReselloStatus(progress.state).rawValue),
                "dns": [
                    "type": "CNAME", "name": .string(progress.delegation.from),
                    "value": .text(progress.delegation.to),
                ],
                "error": .text(progress.error),
            ]
        }
        return .json(
            200,
            [
                "status": .string(ReselloStatus(status).rawValue),
                "dcv_type": certificate.compatibility["resello.dcv_type"] ?? "DNS",
                "domains": .array(domains),
                "error": .text(known.issuance?.failure?.detail),
            ])
    }

    // MARK: Files

    func download(
        _ call: DialectCall, as download: ReselloDownload
    ) async throws -> ManagementResponse {
        let certificate = try await certificate(call)
        // A version has its number from its order on; before it is signed, its request can be had.
        guard let number = certificate.currentVersion ?? certificate.versions.last else {
            throw LifecycleError.conflict("It was never ordered")
        }
        guard certificate.currentVersion != nil || download == .csr else {
            throw LifecycleError.notIssued(number)
        }
        let file = try await services.lifecycle.download(
            number, as: download.format, for: call.caller)
        return .file(file.bytes, type: "application/octet-stream", name: file.name)
    }

    // MARK: Reading and writing

    private func certificate(_ call: DialectCall) async throws(LifecycleError) -> ManagedCertificate
    {
        guard let number = ReselloIdentifier.number(call.part(0)) else {
            throw .notFound(.certificate, call.part(0))
        }
        return try await services.certificate(number, for: call.caller)
    }

    private func json(
        _ certificate: ManagedCertificate, _ call: DialectCall
    ) async throws(LifecycleError) -> JSONValue {
        let known = try await services.known(certificate, for: call.caller)
        let status =
            certificate.isDeleted ? .deleted : try await services.lifecycle.status(of: certificate)
        let kept = certificate.compatibility
        var body: [String: JSONValue] = [
            "id": .string(ReselloIdentifier.text(certificate.number)),
            "status": .string(ReselloStatus(status).rawValue),
            "common_name": .string(known.commonName),
            "domains": .array(certificate.names.map { .string($0.text) }),
            "dcv_type": kept["resello.dcv_type"] ?? "DNS",
            "plan": plan(kept["resello.plan"]?.stringValue),
            "client_reference": .text(certificate.clientReference),
            "csr": .text(known.issuance?.request),
            "created": .string(certificate.createdAt.secondsText),
            "updated": .string(certificate.updatedAt.secondsText),
            "expires": .text(known.version?.notAfter?.secondsText),
        ]
        for name in ReselloOrder.administrative {
            body[name] = kept["resello.\(name)"] ?? .null
        }
        return .object(body)
    }
}
