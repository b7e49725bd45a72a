// SPDX-License-Identifier: Apache-2.0
import Provisioning
import Registry

/// The schemas of all that the native API takes and gives.
enum NativeSchemas {
    static let all: [String: JSONValue] =
        [
            common, AccountResource.schemas, DomainsResource.schemas,
            CertificatesResource.schemas, IssuancesResource.schemas, VersionsResource.schemas,
            SitesResource.schemas, EventsResource.schemas, WebhooksResource.schemas,
            DescriptionResource.schemas,
        ].reduce(into: [:]) { all, some in all.merge(some) { first, _ in first } }

    private static let common: [String: JSONValue] = [
        "Problem": Schema.object(
            [
                "type": Schema.text(format: "uri-reference"), "title": Schema.text(),
                "status": Schema.integer(400...599), "detail": Schema.text(),
                "advice": Schema.text(),
                "field": Schema.described(
                    Schema.text(), "The member of the body or the query that it is about."),
            ], required: ["type", "title", "status", "detail", "advice"], isOpen: true),
        "Delegation": Schema.object([
            "type": ["const": "CNAME"], "from": Schema.text(),
            "to": Schema.nullable(Schema.text()),
        ]),
        "ShortText": Schema.described(
            Schema.text(max: ShortText.max, pattern: ShortText.pattern),
            "What you like, and get back."),
        "CertificatePEM": Schema.text(
            max: JSONFields.documentMax, pattern: "-----BEGIN CERTIFICATE-----"),
        "CertificationRequest": Schema.text(
            max: JSONFields.documentMax, pattern: "-----BEGIN (NEW )?CERTIFICATE REQUEST-----"),
    ]

    /// The parameters of paths, by their names.
    static let pathParameters: [String: JSONValue] = [
        "code": Schema.oneOf(ProblemKind.self),
        "domain": Schema.described(
            Schema.text(
                max: 253, pattern: "^(dom_\(Schema.number)|(\\*\\.)?\(Schema.hostPattern))$"),
            "The id of a domain, or its name."),
        "certificate": Schema.id(of: ManagedCertificate.self),
        "issuance": Schema.id(of: Issuance.self),
        "version": Schema.id(of: CertificateVersion.self),
        "site": Schema.id(of: Site.self),
        "event": Schema.id(of: Event.self),
        "webhook": Schema.id(of: Webhook.self),
        "publication": Schema.integer(1...Int(Int32.max)),
        "queue": Schema.text(max: QueueName.bytesMax, pattern: QueueName.pattern),
    ]
}
