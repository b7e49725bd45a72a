// SPDX-License-Identifier: Apache-2.0
import Registry

extension SitesResource {
    static let schemas: [String: JSONValue] = [
        "Site": Schema.entity(
            "sit",
            [
                "name": Schema.text(),
                "hosts": Schema.array(of: Schema.host),
                "application_urls": Schema.array(of: Schema.text()),
                "linked_version_id": Schema.nullable(Schema.id(of: CertificateVersion.self)),
                "published_version_id": Schema.nullable(Schema.id(of: CertificateVersion.self)),
                "is_published": Schema.bool,
                "client_reference": Schema.nullable(Schema.text()),
            ]),
        "SiteDraft": Schema.object(
            [
                "name": name, "hosts": hosts,
                "application_urls": DomainsResource.applicationURLs,
                "client_reference": Schema.nullable(Schema.reference("ShortText")),
            ], required: ["name"]),
        "SiteChange": Schema.object(
            [
                "name": Schema.nullable(name), "hosts": hosts,
                "application_urls": DomainsResource.applicationURLs,
                "client_reference": Schema.nullable(Schema.reference("ShortText")),
            ], required: []),
        "Link": Schema.object(["version_id": Schema.id(of: CertificateVersion.self)]),
        "Revision": Schema.object([
            "number": Schema.integer(1...Int(Int32.max)), "hosts": Schema.array(of: Schema.host),
            "document": Schema.object([:], isOpen: true),
            "description": Schema.nullable(Schema.text()), "created_at": Schema.time,
        ]),
        "RevisionDraft": Schema.object(
            [
                "hosts": hosts, "document": Schema.nullable(Schema.object([:], isOpen: true)),
                "description": Schema.nullable(Schema.reference("ShortText")),
            ], required: []),
        "Publication": Schema.object([
            "number": Schema.integer(1...Int(Int32.max)),
            "revision": Schema.nullable(Schema.integer(1...Int(Int32.max))),
            "version_id": Schema.nullable(Schema.id(of: CertificateVersion.self)),
            "is_active": Schema.bool, "state": Schema.oneOf(Site.Publication.State.self),
            "detail": Schema.nullable(Schema.text()), "at": Schema.time,
        ]),
        "PublicationDraft": Schema.object(
            ["revision": Schema.nullable(Schema.integer(1...Int(Int32.max)))], required: []),
    ]

    static let name = Schema.text(max: nameMax, pattern: ShortText.pattern)
    private static let hosts = Schema.nullable(
        Schema.array(of: Schema.host, max: Site.hostsMax, isUnique: true))
}
