// SPDX-License-Identifier: Apache-2.0
import Provisioning
import Registry

/// `/sites`: hosts that are served with one certificate that is linked to them.
enum SitesResource {
    static let routes = [
        Route(
            verb: .get, path: "/sites", name: "listSites", summary: "The account's sites.",
            scope: .read,
            query: QueryParameters.page + [
                .init("name", name, "Only those of this name."), QueryParameters.clientReference,
            ],
            answer: .page(of: "Site", "A page of sites."), handle: list),
        Route(
            verb: .post, path: "/sites", name: "createSite", summary: "Makes a site.",
            scope: .write, body: "SiteDraft",
            answer: .object("Site", status: 201, "The site."), handle: create),
        Route(
            verb: .get, path: "/sites/{site}", name: "getSite", summary: "One site.",
            scope: .read, answer: .object("Site", "The site."), hasTag: true, handle: get),
        Route(
            verb: .patch, path: "/sites/{site}", name: "changeSite",
            summary: "Changes a site; its hosts count from the next publication on.",
            scope: .write, body: "SiteChange", answer: .object("Site", "The site."), hasTag: true,
            handle: change),
        Route(
            verb: .delete, path: "/sites/{site}", name: "deleteSite",
            summary: "Takes a site out of service, and forgets it.", scope: .write,
            answer: .nothing("It is gone."), handle: delete),
        Route(
            verb: .put, path: "/sites/{site}/certificate", name: "linkCertificate",
            summary: "Links a version to a site, to be served from the next publication on.",
            scope: .write, body: "Link", answer: .object("Site", "The site."), handle: link),
        Route(
            verb: .delete, path: "/sites/{site}/certificate", name: "unlinkCertificate",
            summary: "Takes the link away. What is published stays in service.", scope: .write,
            answer: .object("Site", "The site."), handle: unlink),
        Route(
            verb: .get, path: "/sites/{site}/revisions", name: "listRevisions",
            summary: "The configurations of a site that are kept, oldest first.", scope: .read,
            answer: .list(of: "Revision", "The revisions."), handle: revisions),
        Route(
            verb: .post, path: "/sites/{site}/revisions", name: "addRevision",
            summary: "Keeps a configuration of a site, whose hosts count from its publication on.",
            scope: .write, body: "RevisionDraft",
            answer: .object("Revision", "The revision."), handle: addRevision,
            again: lastRevision),
        Route(
            verb: .post, path: "/sites/{site}/publish", name: "publishSite",
            summary: "Puts the linked version into service for the site's hosts.", scope: .write,
            body: "PublicationDraft", bodyIsOptional: true,
            answer: .object("Publication", "The publication."), handle: publish,
            again: lastPublication),
        Route(
            verb: .post, path: "/sites/{site}/unpublish", name: "unpublishSite",
            summary: "Takes the site's hosts out of service.", scope: .write,
            answer: .object("Publication", "The publication."), handle: unpublish,
            again: lastPublication),
        Route(
            verb: .get, path: "/sites/{site}/publications", name: "listPublications",
            summary: "The publications of a site that are kept, oldest first.", scope: .read,
            answer: .list(of: "Publication", "The publications."), handle: publications),
        Route(
            verb: .get, path: "/sites/{site}/publications/{publication}", name: "getPublication",
            summary: "One publication.", scope: .read,
            answer: .object("Publication", "The publication."), handle: publication),
    ]

    private static func list(_ call: NativeCall) async throws -> ManagementResponse {
        var filter = SiteFilter()
        filter.name = try call.shortText("name", max: nameMax)
        filter.clientReference = try call.shortText("client_reference")
        let page = try await call.lifecycle.sites(filter, try call.page(), for: call.caller)
        return call.list(page.elements.map(\.snapshot), next: page.next)
    }

    private static func create(_ call: NativeCall) async throws -> ManagementResponse {
        var fields = try call.fields()
        var change = SiteChange()
        guard let name = try fields.shortText("name", max: nameMax) else {
            throw FieldFault(.missing, "name", "expected a text, found nothing")
        }
        change.name = name
        change.hosts = try fields.optionalHosts("hosts", count: Site.hostsMax)
        change.applicationURLs = try fields.applicationURLs()
        change.clientReference = try fields.shortText("client_reference").map { .some($0) }
        try fields.finish()
        let site = try await call.lifecycle.createSite(change, by: call.caller)
        return call.created(site.snapshot, at: "sites")
    }

    private static func get(_ call: NativeCall) async throws -> ManagementResponse {
        try call.object(try await site(call).snapshot)
    }

    private static func change(_ call: NativeCall) async throws -> ManagementResponse {
        var fields = try call.fields()
        var change = SiteChange()
        change.name = try fields.shortText("name", max: nameMax)
        change.hosts = try fields.optionalHosts("hosts", count: Site.hostsMax)
        change.applicationURLs = try fields.applicationURLs()
        change.clientReference = try fields.nullableShortText("client_reference")
        try fields.finish()
        let site = try await site(call)
        let changed = try await call.lifecycle.changeSite(
            site.number, change, ifGeneration: try call.expectedGeneration(of: site.snapshot),
            by: call.caller)
        return call.changed(changed.snapshot)
    }

    private static func delete(_ call: NativeCall) async throws -> ManagementResponse {
        try await call.lifecycle.deleteSite(try number(call), by: call.caller)
        return .empty(204)
    }

    private static func link(_ call: NativeCall) async throws -> ManagementResponse {
        let number = try number(call)
        var fields = try call.fields()
        let id = try fields.string("version_id")
        guard let version = VersionNumber(identifier: id) else {
            throw fields.invalid("version_id", "expected an id such as ver_12")
        }
        try fields.finish()
        return .json(
            200, try await call.lifecycle.link(version, to: number, by: call.caller).snapshot)
    }

    private static func unlink(_ call: NativeCall) async throws -> ManagementResponse {
        .json(200, try await call.lifecycle.unlink(try number(call), by: call.caller).snapshot)
    }

    private static func revisions(_ call: NativeCall) async throws -> ManagementResponse {
        call.list(try await site(call).revisions.map(\.snapshot), next: nil)
    }

    private static func addRevision(_ call: NativeCall) async throws -> ManagementResponse {
        let number = try number(call)
        var fields = try call.fields()
        let hosts = try fields.optionalHosts("hosts", count: Site.hostsMax) ?? []
        let document = try fields.optionalObject("document")?.unread ?? [:]
        let description = try fields.shortText("description")
        try fields.finish()
        let added = try await call.lifecycle.addRevision(
            to: number, hosts: hosts, document: .object(document), description: description,
            by: call.caller)
        return .json(200, added.revision.snapshot)
    }

    private static func publish(_ call: NativeCall) async throws -> ManagementResponse {
        let number = try number(call)
        var fields = try call.fields()
        let revision = try fields.optionalInteger("revision", in: 1...Int(Int32.max))
        try fields.finish()
        let done = try await call.lifecycle.publish(number, revision: revision, by: call.caller)
        return .json(200, done.publication.snapshot)
    }

    private static func unpublish(_ call: NativeCall) async throws -> ManagementResponse {
        try call.fields().finish()
        let done = try await call.lifecycle.unpublish(try number(call), by: call.caller)
        return .json(200, done.publication.snapshot)
    }

    private static func publications(_ call: NativeCall) async throws -> ManagementResponse {
        call.list(try await site(call).publications.map(\.snapshot), next: nil)
    }

    private static func lastRevision(_ call: NativeCall) async throws -> ManagementResponse {
        .json(200, try await site(call).revisions.last?.snapshot ?? .null)
    }

    private static func lastPublication(_ call: NativeCall) async throws -> ManagementResponse {
        .json(200, try await site(call).publications.last?.snapshot ?? .null)
    }

    private static func publication(_ call: NativeCall) async throws -> ManagementResponse {
        let site = try await site(call)
        guard let number = call.parameters["publication"].flatMap({ Int($0) }),
            let publication = site.publications.first(where: { $0.number == number })
        else { throw ProblemDocument(.notFound, "The site has no such publication.") }
        return .json(200, publication.snapshot)
    }

    private static func site(_ call: NativeCall) async throws -> Site {
        try await call.lifecycle.site(try number(call), for: call.caller)
    }

    private static func number(_ call: NativeCall) throws(ProblemDocument) -> SiteNumber {
        try call.number("site", of: Site.self)
    }

    static let nameMax = 253
}
