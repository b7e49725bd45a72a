// SPDX-License-Identifier: Apache-2.0
import Provisioning
import Registry

/// `/domains`: the names that may have a certificate here.
enum DomainsResource {
    static let routes = [
        Route(
            verb: .get, path: "/domains", name: "listDomains",
            summary: "The account's domains, by name.", scope: .read,
            query: QueryParameters.page + [
                .init("state", Schema.oneOf(Domain.State.self), "Only those in this state."),
                .init("source", Schema.oneOf(Domain.Source.self), "Only those that came so."),
                .init("name", Schema.host, "Only this name and those within it."),
                QueryParameters.clientReference,
            ],
            answer: .page(of: "Domain", "A page of domains."), handle: list),
        Route(
            verb: .post, path: "/domains", name: "registerDomain",
            summary:
                "Lets a name have a certificate, at its first visit or when it is provisioned.",
            scope: .write, body: "DomainDraft",
            answer: .object("Domain", status: 201, "The domain."), handle: register),
        Route(
            verb: .get, path: "/domains/{domain}", name: "getDomain", summary: "One domain.",
            scope: .read, answer: .object("Domain", "The domain."), hasTag: true, handle: get),
        Route(
            verb: .patch, path: "/domains/{domain}", name: "changeDomain",
            summary: "Changes where a domain's requests go, and what it is called.", scope: .write,
            body: "DomainChange", answer: .object("Domain", "The domain."), hasTag: true,
            handle: change),
        Route(
            verb: .delete, path: "/domains/{domain}", name: "deprovisionDomain",
            summary: "Takes a domain out of service: from this answer on every handshake for it is "
                + "refused, until it is registered again.", scope: .write,
            query: [QueryParameters.revoke], answer: .nothing("It is out of service."),
            handle: deprovision),
        Route(
            verb: .post, path: "/domains/{domain}/check", name: "checkDomain",
            summary: "What DNS says of a name now, registered or not, and what is missing.",
            scope: .read, answer: .object("DomainReport", "What DNS says."), handle: check),
        Route(
            verb: .post, path: "/domains/{domain}/provision", name: "provisionDomain",
            summary: "Obtains a certificate of its own for a domain.", scope: .write,
            answer: .object("Issuance", status: 201, "What is under way."), handle: provision),
    ]

    private static func list(_ call: NativeCall) async throws -> ManagementResponse {
        var filter = DomainFilter()
        filter.states = Set([try call.value("state", of: Domain.State.self)].compactMap(\.self))
        filter.source = try call.value("source", of: Domain.Source.self)
        filter.within = try call.host("name")
        filter.clientReference = try call.shortText("client_reference")
        let page = try await call.lifecycle.domains(filter, try call.page(), for: call.caller)
        return call.list(page.elements.map(\.snapshot), next: page.next)
    }

    private static func register(_ call: NativeCall) async throws -> ManagementResponse {
        var fields = try call.fields()
        let text = try fields.string("name")
        guard let name = NativeName.certificateName(text) else {
            throw fields.invalid("name", NativeName.expectedName)
        }
        var draft = DomainDraft(name: name)
        draft.applicationURLs = try fields.applicationURLs()
        draft.clientReference = try fields.nullableShortText("client_reference")
        try fields.finish()
        let domain = try await call.lifecycle.register(draft, by: call.caller)
        return call.created(domain.snapshot, at: "domains")
    }

    private static func get(_ call: NativeCall) async throws -> ManagementResponse {
        try call.object(
            try await call.lifecycle.domain(try call.domain(), for: call.caller).snapshot)
    }

    private static func change(_ call: NativeCall) async throws -> ManagementResponse {
        let reference = try call.domain()
        var fields = try call.fields()
        var change = DomainChange()
        change.applicationURLs = try fields.applicationURLs()
        change.clientReference = try fields.nullableShortText("client_reference")
        try fields.finish()
        let domain = try await call.lifecycle.domain(reference, for: call.caller)
        let changed = try await call.lifecycle.change(
            reference, change, ifGeneration: try call.expectedGeneration(of: domain.snapshot),
            by: call.caller)
        return call.changed(changed.snapshot)
    }

    private static func deprovision(_ call: NativeCall) async throws -> ManagementResponse {
        try await call.lifecycle.deprovision(
            try call.domain(), revoking: try call.flag("revoke"), by: call.caller)
        return .empty(204)
    }

    private static func check(_ call: NativeCall) async throws -> ManagementResponse {
        try call.fields().finish()
        let report = try await call.lifecycle.check(try call.domain(), by: call.caller)
        return .json(200, report.json)
    }

    private static func provision(_ call: NativeCall) async throws -> ManagementResponse {
        try call.fields().finish()
        let issuance = try await call.lifecycle.provision(try call.domain(), by: call.caller)
        return call.created(issuance.snapshot, at: "issuances")
    }
}

extension JSONFields {
    mutating func applicationURLs() throws(FieldFault) -> [String]? {
        try optionalStrings("application_urls", count: Lifecycle.applicationURLsMax)
    }
}
