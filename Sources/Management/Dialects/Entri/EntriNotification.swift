// SPDX-License-Identifier: Apache-2.0
import Registry
import TLS

/// What a webhook of Entri's is told: `domain.added` with the state of the domain's certificate, which is
/// all that Entri tells of certificates.
enum EntriNotification {
    /// The events that it is told of.
    static let kinds: Set<Event.Kind> = [
        .domainSecured, .issuanceWaiting, .issuanceFailed, .issuanceCanceled,
        .domainDeprovisioned,
    ]

    /// The message; nil for an event that Entri has no words for.
    static func body(_ event: Event, target: ServerName) -> JSONValue? {
        guard let status = status(event.kind), let name = CertificateName(event.subject.name)
        else { return nil }
        let labels = name.text.split(separator: ".")
        let isRoot = labels.count < 3
        let pointing: JSONValue = [
            "type": "CNAME", "host": isRoot ? "@" : .string(String(labels[0])),
            "value": .string(target.text),
        ]
        let isPointing = status == .success
        return [
            "id": .string("evt_\(event.number)"), "type": "domain.added",
            "user_id": .string(event.account),
            "domain": .string(
                isRoot ? name.text : labels.dropFirst().joined(separator: ".")),
            "subdomain": isRoot ? "" : .string(String(labels[0])),
            "provider": "", "setup_type": "manual",
            "propagation_status": isPointing ? "success" : "pending",
            "dkim_status": "exempt", "redirection_status": "exempt", "power_status": "exempt",
            "secure_status": .string(status.rawValue), "cname_target": .string(target.text),
            "data": [
                "records_propagated": isPointing ? .array([pointing]) : [],
                "records_non_propagated": isPointing ? [] : .array([pointing]),
            ],
            "updated_objects": ["secure_status"],
        ]
    }

    private static func status(_ kind: Event.Kind) -> EntriSecureStatus? {
        switch kind {
        case .domainSecured: .success
        case .issuanceWaiting: .pending
        case .issuanceFailed: .failed
        case .issuanceCanceled, .domainDeprovisioned: .exempt
        default: nil
        }
    }
}
