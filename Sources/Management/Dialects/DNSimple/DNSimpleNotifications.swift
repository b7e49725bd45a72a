// SPDX-License-Identifier: Apache-2.0
import FoundationEssentials
package import Registry
import TLS

/// What webhooks of DNSimple's are told: `certificate.issue` and its kin.
package struct DNSimpleNotifications: WebhookFormat {
    package init() {}

    package var format: Webhook.Format { .dnsimple }

    package var kinds: Set<Event.Kind> {
        [
            .versionIssued, .versionDeleted, .certificateChanged, .issuanceFailed, .webhookCreated,
            .webhookDeleted,
        ]
    }

    /// DNSimple's own rule.
    package func isAcknowledgement(_ status: Int) -> Bool { status == 200 }

    package func message(
        for delivery: WebhookDelivery, from registry: Registry
    ) async throws -> WebhookMessage? {
        let event = delivery.event
        guard let name = Self.name(event),
            let data = try await data(of: event, registry)
        else { return nil }
        return WebhookMessage(
            fields: [
                ("User-Agent", Self.agent), ("X-Request-Id", delivery.identifier),
            ], json: Self.body(event, name: name, data: data))
    }

    /// By its first word receivers know DNSimple's messages.
    private static let agent = "DNSimple-Webhook-Notifier/nameplate"

    /// Which domain a certificate was ordered for: a member of its `compatibility`.
    static let domain = "dnsimple.domain_id"

    /// What DNSimple calls an event; nil for one that it has no word for.
    static func name(_ event: Event) -> String? {
        switch event.kind {
        case .versionIssued: event.cause == .reissue ? "certificate.reissue" : "certificate.issue"
        case .versionDeleted:
            changes(event).contains("has_key") ? "certificate.remove_private_key" : nil
        case .certificateChanged:
            if changes(event).contains("renew.auto") {
                event.data["renew"]?["auto"] == true
                    ? "certificate.auto_renewal_enable" : "certificate.auto_renewal_disable"
            } else {
                nil
            }
        case .issuanceFailed:
            switch event.cause {
            case .renewal, .renewalInformation: "certificate.auto_renewal_failed"
            default: nil
            }
        case .webhookCreated: "webhook.create"
        case .webhookDeleted: "webhook.delete"
        default: nil
        }
    }

    /// The members that are not as they were before.
    private static func changes(_ event: Event) -> [String] {
        event.data["changed"]?.arrayValue?.compactMap(\.stringValue) ?? []
    }

    static func body(_ event: Event, name: String, data: JSONValue) -> JSONValue {
        let account = JSONValue.integer(DNSimpleAccount.number(of: event.account))
        let isOurs = event.actor == Caller.edgeActor
        return [
            "name": .string(name), "api_version": "v2",
            "request_identifier": .string(identifier(of: event)), "data": data,
            "account": [
                "id": account, "display": .string(event.account),
                "identifier": .string(event.account),
            ],
            "actor": [
                "id": isOurs ? "system" : account, "entity": isOurs ? "edge" : "account",
                "pretty": .string(event.actor),
            ],
        ]
    }

    /// By it receivers know what they have seen before: the event's own, since one request has several,
    /// and no other edge's. A UUID of version 8 (RFC 9562 §5.8).
    static func identifier(of event: Event) -> String {
        var bytes = Array(
            Digest.sha256(Array("\(event.requestID)/\(event.number.value)".utf8)).prefix(16))
        bytes[6] = bytes[6] & 0x0f | 0x80
        bytes[8] = bytes[8] & 0x3f | 0x80
        var digits = Digest.hexadecimal(bytes)
        for place in [20, 16, 12, 8] {
            digits.insert("-", at: digits.index(digits.startIndex, offsetBy: place))
        }
        return digits
    }

    /// What the event is about; nil where that is gone.
    private func data(
        of event: Event, _ registry: Registry
    ) async throws -> JSONValue? {
        var version: CertificateVersion?
        switch event.subject.kind {
        case .webhook:
            return [
                "webhook": [
                    "id": .integer(event.subject.number), "url": event.data["url"] ?? .null,
                ]
            ]
        case .version:
            guard let number = VersionNumber(event.subject.number) else { return nil }
            version = try await registry.version(number)
        case .issuance:
            guard let number = IssuanceNumber(event.subject.number),
                let issuance = try await registry.issuance(number)
            else { return nil }
            version = try await registry.version(issuance.version)
        case .certificate:
            guard let number = CertificateNumber(event.subject.number),
                let certificate = try await registry.certificate(number),
                let shown = certificate.currentVersion ?? certificate.versions.last
            else { return nil }
            version = try await registry.version(shown)
        default: break
        }
        guard let version, let certificate = try await registry.certificate(version.certificate),
            let domain = try await domain(of: certificate, registry)
        else { return nil }
        var issuance: Issuance?
        if let number = version.issuance { issuance = try await registry.issuance(number) }
        let shown = DNSimpleCertificate(
            version: version, certificate: certificate, issuance: issuance, domain: domain)
        return ["certificate": shown.json]
    }

    /// The domain that it was ordered for, or that of its common name.
    private func domain(
        of certificate: ManagedCertificate, _ registry: Registry
    ) async throws -> Domain? {
        if let number = certificate.compatibility[Self.domain]?.integerValue
            .flatMap({ DomainNumber($0) }), let domain = try await registry.domain(number)
        {
            return domain
        }
        guard let name = certificate.names.first else { return nil }
        return try await registry.domain(named: name)
    }
}
