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
                "application_urls": Schema.array(of: Schema.text()),
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
        Schema.nullable(
            Schema.array(
                of: Schema.text(
                    max: 270,
                    pattern: "^(https?|h2c)://([A-Za-z0-9._~-]{1,253}|\\[\(ipv6)\\])(:\(port))?/?$"),
                max: Lifecycle.applicationURLsMax, isUnique: true)),
        "Where its requests go: http, https or h2c, without a path. Empty: to the application of all."
    )

    /// An address without an IPv4 address within (RFC 4291 §2.2): all eight groups, or fewer and one `::`.
    private static let ipv6: String = {
        let group = "[0-9A-Fa-f]{1,4}"
        let inside = (1...6).map { "(\(group):){1,\($0)}(:\(group)){1,\(7 - $0)}" }
        let forms = ["(\(group):){7}\(group)", "(\(group):){1,7}:", ":((:\(group)){1,7}|:)"]
        return "(\((forms + inside).joined(separator: "|")))"
    }()

    /// 1 to 65535.
    private static let port =
        "([1-9][0-9]{0,3}|[1-5][0-9]{4}|6[0-4][0-9]{3}|65[0-4][0-9]{2}|655[0-2][0-9]|6553[0-5])"

    private static let change = Schema.object([
        "action": ["type": "string", "enum": ["add", "change", "remove"]],
        "name": Schema.text(), "type": Schema.text(), "value": Schema.text(),
    ])
}
