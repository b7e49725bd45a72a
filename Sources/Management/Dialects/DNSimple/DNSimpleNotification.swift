// SPDX-License-Identifier: Apache-2.0
import FoundationEssentials
import Registry

/// What a webhook of DNSimple's is told: `certificate.issue` and its kin.
enum DNSimpleNotification {
    /// The events that it is told of.
    static let kinds: [Event.Kind] = [
        .versionIssued, .issuanceFailed, .webhookCreated, .webhookDeleted,
    ]

    /// What DNSimple calls an event; nil for one that it has no word for.
    static func name(_ event: Event) -> String? {
        switch event.kind {
        case .versionIssued: event.cause == .reissue ? "certificate.reissue" : "certificate.issue"
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

    /// The message around what it is about. `data` is `{"certificate": …}` or `{"webhook": …}`.
    static func body(_ event: Event, name: String, data: JSONValue) -> JSONValue {
        let account = JSONValue.integer(DNSimpleAccount.number(of: event.account))
        let isOurs = event.actor == "edge"
        return [
            "name": .string(name), "api_version": "v2",
            "request_identifier": .string(event.requestID), "data": data,
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
}
