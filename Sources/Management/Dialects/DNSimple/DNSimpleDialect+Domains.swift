// SPDX-License-Identifier: Apache-2.0
import FoundationEssentials
import Provisioning
import Registry
import Storage
import TLS

/// Who one is, and which domains one has.
extension DNSimpleDialect {
    func whoami(_ call: DialectCall) -> ManagementResponse {
        answer(200, ["data": ["user": nil, "account": account(call)]])
    }

    func accounts(_ call: DialectCall) -> ManagementResponse {
        answer(200, ["data": .array([account(call)])])
    }

    func domains(_ call: DialectCall) async throws -> ManagementResponse {
        let account = try account(of: call)
        let page = try DNSimplePage(call)
        // Filters that would be ignored would give more than was asked for.
        if call.request.queryValue("registrant_id") != nil {
            throw FieldFault(.unknown, "registrant_id", "is not available")
        }
        let order = try call.sortKeys(["id": ()]).first?.order ?? .ascending
        // What was ordered belongs to the domain that it was ordered for.
        var filter = DomainFilter()
        filter.exceptSource = .certificate
        filter.pattern = call.request.queryValue("name_like").map { NamePattern(containing: $0) }
        let found = try await services.lifecycle.domains(
            filter, page: page.number - 1, size: page.size, order: order, for: call.caller)
        return answer(
            found.elements.map { $0.dnsimple(account: account) }, of: found.total, page)
    }

    func domain(_ call: DialectCall) async throws -> ManagementResponse {
        let domain = try await domain(of: call)
        return answer(200, ["data": domain.dnsimple(account: try account(of: call))])
    }

    func createDomain(_ call: DialectCall) async throws -> ManagementResponse {
        let account = try account(of: call)
        var fields = try call.fields()
        let text = try fields.string("name")
        try fields.finish()
        guard let name = CertificateName(text) else {
            throw fields.invalid("name", "is not a domain name")
        }
        let known = try await services.domain(name, for: call.caller)
        guard known.map({ $0.source == .certificate }) ?? true else {
            throw fields.invalid("name", "has already been taken")
        }
        let domain = try await services.lifecycle.register(
            DomainDraft(name: name), by: call.caller)
        return answer(201, ["data": domain.dnsimple(account: account)])
    }

    func deleteDomain(_ call: DialectCall) async throws -> ManagementResponse {
        let domain = try await domain(of: call)
        try await services.lifecycle.deprovision(zone: .number(domain.number), by: call.caller)
        return nothing()
    }

    // MARK: What paths say

    /// The account of a path. Any number is the client's own: its clients are configured with the one that
    /// DNSimple gave them.
    func account(of call: DialectCall) throws(LifecycleError) -> Int {
        let text = call.part(0)
        guard let number = Int(text), number > 0 else { throw .notFound(.client, text) }
        return number
    }

    /// The domain of a path, by its name or its number.
    func domain(of call: DialectCall) async throws(LifecycleError) -> Domain {
        _ = try account(of: call)
        let text = call.part(1)
        let reference: DomainReference
        if let name = CertificateName(text) {
            reference = .name(name)
        } else {
            reference = .number(try call.number(1, .domain))
        }
        return try await services.lifecycle.domain(reference, for: call.caller)
    }

    private func account(_ call: DialectCall) -> JSONValue {
        DNSimpleAccount.json(call.client.account, createdAt: Date(timeIntervalSince1970: 0))
    }
}
