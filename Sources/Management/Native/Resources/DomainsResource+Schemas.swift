// SPDX-License-Identifier: Apache-2.0
import Provisioning
import Registry

extension DomainsResource {
    static let schemas: [String: JSONValue] = [
        "Domain": Schema.entity(
            "dom",
            [
                "name": Schema.certificateName,
                "state": Schema.oneOf(Domain.State.self),
                "source": Schema.oneOf(Domain.Source.self),
                "application_urls": applicationURLs,
                "certificate_id": Schema.nullable(Schema.id(of: ManagedCertificate.self)),
                "client_reference": Schema.nullable(Schema.text()),
            ]),
        "DomainDraft": Schema.object(
            [
                "name": Schema.certificateName,
                "application_urls": applicationURLs,
                "client_reference": Schema.nullable(Schema.reference("ShortText")),
            ], required: ["name"]),
        "DomainChange": Schema.object(
            [
                "application_urls": applicationURLs,
                "client_reference": Schema.nullable(Schema.reference("ShortText")),
            ], required: []),
        "DomainReport": Schema.object([
            "name": Schema.certificateName,
            "eligible": Schema.described(
                Schema.bool, "Whether a certificate could be had for it now."),
            "served": Schema.bool,
            "routing": Schema.object([
                "eligible": Schema.bool,
                "cause": Schema.nullable(Schema.oneOf(Ineligibility.Cause.self)),
                "blame": Schema.nullable(Schema.text()),
                "advice": Schema.text(),
                "changes": Schema.array(of: change),
                "evidence": Schema.array(of: Schema.text()),
            ]),
            "delegation": Schema.object([
                "from": Schema.text(), "to": Schema.nullable(Schema.text()),
                "in_place": Schema.bool, "found": Schema.array(of: Schema.text()),
                "trouble": Schema.nullable(Schema.text()),
            ]),
            "persistence": Schema.object([
                "owner": Schema.text(), "expected": Schema.array(of: Schema.text()),
                "found": Schema.array(of: Schema.text()), "in_place": Schema.bool,
            ]),
        ]),
    ]

    static let applicationURLs = Schema.described(
        Schema.array(
            of: Schema.text(
                max: 270, pattern: "^(https?|h2c)://\(Schema.hostPattern)(:[1-9][0-9]{0,3})?/?$"),
            max: 64),
        "Where its requests go: http, https or h2c, without a path. Empty: to the application of all."
    )

    private static let change = Schema.object([
        "action": ["type": "string", "enum": ["add", "change", "remove"]],
        "name": Schema.text(), "type": Schema.text(), "value": Schema.text(),
    ])
}
