// SPDX-License-Identifier: Apache-2.0
import FoundationEssentials
package import Registry
package import TLS

/// What webhooks of Entri's are told: `domain.added` with the state of the domain's certificate, which is
/// all that Entri says of certificates. Signed in its ways.
package struct EntriNotifications: WebhookFormat {
    private let target: ServerName

    /// - Parameter target: what customers point at.
    package init(target: ServerName) {
        self.target = target
    }

    package var format: Webhook.Format { .entri }

    package var kinds: Set<Event.Kind> {
        Set(Event.Kind.allCases.filter { Self.status($0) != nil })
    }

    package func isAcknowledgement(_ status: Int) -> Bool { (200...299).contains(status) }

    package func message(
        for delivery: WebhookDelivery, from registry: Registry
    ) async throws -> WebhookMessage? {
        guard let body = Self.body(delivery.event, target: target) else { return nil }
        let id = "evt_\(delivery.event.number)"
        let time = "\(Int(delivery.now.timeIntervalSince1970))"
        let secret = delivery.webhook.secret
        return WebhookMessage(
            fields: [
                ("Entri-Signature", Self.digest(id + secret)), ("Entri-Timestamp", time),
                ("Entri-Signature-V2", Self.digest(id + time + secret)),
            ], json: body)
    }

    private static func digest(_ text: String) -> String {
        Digest.hexadecimal(Digest.sha256(Array(text.utf8)))
    }

    static func status(_ kind: Event.Kind) -> EntriSecureStatus? {
        switch kind {
        case .domainSecured: .success
        case .issuanceWaiting: .pending
        case .issuanceFailed: .failed
        case .issuanceCanceled, .domainDeprovisioned: .exempt
        default: nil
        }
    }

    /// Nil for an event that Entri has no words for.
    static func body(_ event: Event, target: ServerName) -> JSONValue? {
        guard let status = status(event.kind), let name = CertificateName(event.subject.name)
        else { return nil }
        let labels = name.text.split(separator: ".")
        // As in its calls: what has two labels has no subdomain.
        let isRoot = labels.count < 3
        let first = isRoot ? "" : String(labels[0])
        let record: JSONValue = [
            "type": "CNAME", "host": isRoot ? "@" : .string(first), "value": .string(target.text),
        ]
        let isPointing = status == .success
        return [
            "id": .string("evt_\(event.number)"), "type": "domain.added",
            "user_id": .string(event.account),
            "domain": .string(isRoot ? name.text : labels.dropFirst().joined(separator: ".")),
            "subdomain": .string(first), "provider": "", "setup_type": "manual",
            "propagation_status": isPointing ? "success" : "pending", "dkim_status": "exempt",
            "redirection_status": "exempt", "power_status": "exempt",
            "secure_status": .string(status.rawValue), "cname_target": .string(target.text),
            "data": [
                "records_propagated": isPointing ? .array([record]) : [],
                "records_non_propagated": isPointing ? [] : .array([record]),
            ],
            "updated_objects": ["secure_status"],
        ]
    }
}
