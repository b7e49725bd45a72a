// SPDX-License-Identifier: Apache-2.0
import Provisioning
import Registry
import TLS

/// `/ssl`: may a domain have a certificate, let it have one, take it away.
extension EntriDialect {
    func token(_ call: DialectCall) async throws -> ManagementResponse {
        let token = try await services.access.issueToken(
            to: presented(by: call.request), lifetime: .seconds(Self.tokenLifetime))
        // Nil for who came with a token, too.
        guard let token else { throw DialectFault.unauthenticated }
        return .json(200, ["auth_token": .string(token)])
    }

    func inspect(_ call: DialectCall) async throws -> ManagementResponse {
        guard let request = try EntriDomainRequest(call) else { return try await list(call) }
        let report = await services.lifecycle.report(on: request.name)
        return .json(
            200,
            [
                "eligible": .bool(report.isEligible && !report.isServed),
                "sslStatus": .string(EntriStatus(isServed: report.isServed).rawValue),
            ])
    }

    /// Declined unless `inspect` says that it is eligible, before anything is changed.
    func provision(_ call: DialectCall) async throws -> ManagementResponse {
        let request = try EntriDomainRequest.one(call)
        let report = await services.lifecycle.report(on: request.name)
        guard report.isEligible else { throw LifecycleError.notRouted(report) }
        guard !report.isServed else {
            throw LifecycleError.conflict("\(request.name) has a certificate")
        }
        var draft = DomainDraft(name: request.name)
        // A domain keeps its application where the call names none, and where it is declined.
        draft.applicationURLs = request.applicationURL.map { [$0] }
        _ = try await services.lifecycle.provision(draft, by: call.caller)
        let known = try await services.lifecycle.domain(.name(request.name), for: call.caller)
        return .json(200, await state(of: known, saying: "SSL certificate is being provisioned"))
    }

    func change(_ call: DialectCall) async throws -> ManagementResponse {
        let request = try EntriDomainRequest.one(call)
        guard let url = request.applicationURL else {
            throw FieldFault(.missing, "applicationUrl", "expected a URL, found nothing")
        }
        var change = DomainChange()
        change.applicationURLs = [url]
        let domain = try await services.lifecycle.change(
            .name(request.name), change, by: call.caller)
        return .json(200, await state(of: domain, saying: "The application URL was changed"))
    }

    func deprovision(_ call: DialectCall) async throws -> ManagementResponse {
        let request = try EntriDomainRequest.one(call)
        try await services.lifecycle.deprovision(.name(request.name), by: call.caller)
        let inactive = JSONValue.string(EntriStatus.inactive.rawValue)
        return .json(
            200,
            [
                "message": "SSL certificate was deprovisioned",
                "domain": .string(request.name.text),
                "sslStatus": inactive, "secureStatus": inactive,
            ])
    }

    private func state(of domain: Domain, saying message: String) async -> JSONValue {
        let isServed = await services.lifecycle.isServed(domain.name)
        let status = JSONValue.string(EntriStatus(isServed: isServed).rawValue)
        return [
            "message": .string(message), "domain": .string(domain.name.text),
            "applicationUrl": .string(applicationURL(of: domain)), "sslStatus": status,
            "secureStatus": status,
        ]
    }

    /// Its own, or the one of all others.
    private func applicationURL(of domain: Domain) -> String {
        domain.applicationURLs.first ?? services.applicationURL
    }

    // MARK: The list

    private func list(_ call: DialectCall) async throws -> ManagementResponse {
        let page = try call.queryNumber("page", in: 0...1_000_000, default: 0)
        let size = try call.queryNumber(
            "size", in: 1...PageRequest.limitMax, default: PageRequest.limitDefault)
        var filter = DomainFilter()
        if let text = call.request.queryValue("status") {
            guard let status = EntriStatus(rawValue: text) else {
                throw FieldFault(.invalid, "status", "expected active or inactive")
            }
            filter.states = Set(Domain.State.allCases.filter { EntriStatus($0) == status })
        }
        let found = try await services.lifecycle.domains(
            filter, page: page, size: size, for: call.caller)
        let pages = (found.total + size - 1) / size
        return .json(
            200,
            [
                "data": .array(
                    found.elements.map { domain in
                        [
                            "domain": .string(domain.name.text),
                            "applicationUrl": .string(applicationURL(of: domain)),
                            "secureStatus": .string(EntriStatus(domain.state).rawValue),
                        ]
                    }),
                "total": .integer(found.total), "page": .integer(page), "limit": .integer(size),
                "count": .integer(found.elements.count), "pages": .integer(pages),
                "nextPage": page + 1 < pages ? .integer(page + 1) : .null,
                "prevPage": page > 0 ? .integer(page - 1) : .null,
            ])
    }
}
