// SPDX-License-Identifier: Apache-2.0
import Provisioning
import Registry

/// `/webhooks`: URLs that are told of events.
enum WebhooksResource {
    static let routes = [
        Route(
            verb: .get, path: "/webhooks", name: "listWebhooks",
            summary: "The account's webhooks.", scope: .read,
            query: QueryParameters.page + [QueryParameters.clientReference],
            answer: .page(of: "Webhook", "A page of webhooks."), handle: list),
        Route(
            verb: .post, path: "/webhooks", name: "createWebhook",
            summary: "Has a URL told of events. The secret that bodies are signed with, a new one "
                + "unless it was given, is told this once.", scope: .write, body: "WebhookDraft",
            answer: .object("NewWebhook", status: 201, "The webhook."),
            secrets: ["secret"], handle: create),
        Route(
            verb: .get, path: "/webhooks/{webhook}", name: "getWebhook",
            summary: "One webhook.", scope: .read, answer: .object("Webhook", "The webhook."),
            hasTag: true, handle: get),
        Route(
            verb: .delete, path: "/webhooks/{webhook}", name: "deleteWebhook",
            summary: "Ends a webhook; what waits for it is not sent.", scope: .write,
            answer: .nothing("It is gone."), handle: delete),
        Route(
            verb: .get, path: "/webhooks/{webhook}/deliveries", name: "listDeliveries",
            summary: "The attempts to tell a webhook, newest first.", scope: .read,
            query: QueryParameters.page,
            answer: .page(of: "Delivery", "A page of attempts."), handle: deliveries),
        Route(
            verb: .get, path: "/webhooks/{webhook}/backlog", name: "getBacklog",
            summary:
                "How many events wait for a webhook, how many were given up, and what was lost.",
            scope: .read, answer: .object("Backlog", "The counts."), handle: backlog),
        Route(
            verb: .post, path: "/webhooks/{webhook}/redeliver", name: "redeliverEvent",
            summary: "Has an event sent again.", scope: .write, body: "Redelivery",
            answer: .object("Webhook", "The webhook."), handle: redeliver),
        Route(
            verb: .post, path: "/webhooks/{webhook}/resume", name: "resumeWebhook",
            summary: "Ends the suppression of a webhook that kept failing.", scope: .write,
            answer: .object("Webhook", "The webhook."), handle: resume),
    ]

    private static func list(_ call: NativeCall) async throws -> ManagementResponse {
        var filter = WebhookFilter()
        filter.clientReference = try call.shortText("client_reference")
        let page = try await call.lifecycle.webhooks(filter, try call.page(), for: call.caller)
        return call.list(page.elements.map(\.snapshot), next: page.next)
    }

    private static func create(_ call: NativeCall) async throws -> ManagementResponse {
        var fields = try call.fields()
        let url = try fields.string("url", max: Webhook.urlBytesMax)
        if let reason = await call.services.refusal(url) { throw fields.invalid("url", reason) }
        let format = try fields.optionalCase("format", of: Webhook.Format.self) ?? .native
        var types: [Event.Kind] = []
        for (index, text) in (try fields.optionalStrings("types") ?? []).enumerated() {
            guard let kind = Event.Kind(rawValue: text) else {
                throw fields.invalid("types[\(index)]", "expected the type of an event")
            }
            types.append(kind)
        }
        let secret = try secret(&fields)
        let reference = try fields.shortText("client_reference")
        try fields.finish()
        let webhook = try await call.lifecycle.createWebhook(
            url: url, format: format, types: types, secret: secret, clientReference: reference,
            by: call.caller)
        guard case .object(var members) = webhook.snapshot else { return .empty(503) }
        members["secret"] = .string(webhook.secret)
        return call.created(.object(members), at: "webhooks")
    }

    /// One that the receiver has already: Entri's verify with the secret of the application.
    private static func secret(_ fields: inout JSONFields) throws(FieldFault) -> String? {
        let secret = try fields.optionalString("secret")
        guard let secret else { return nil }
        let range = Lifecycle.secretBytesRange
        guard range.contains(secret.utf8.count),
            secret.utf8.allSatisfy({ (0x21...0x7e).contains($0) })
        else {
            throw fields.invalid(
                "secret",
                "expected \(range.lowerBound) to \(range.upperBound) ASCII characters, no blanks")
        }
        return secret
    }

    private static func get(_ call: NativeCall) async throws -> ManagementResponse {
        try call.object(
            try await call.lifecycle.webhook(try number(call), for: call.caller).snapshot)
    }

    private static func delete(_ call: NativeCall) async throws -> ManagementResponse {
        try await call.lifecycle.deleteWebhook(try number(call), by: call.caller)
        return .empty(204)
    }

    private static func deliveries(_ call: NativeCall) async throws -> ManagementResponse {
        let page = try await call.lifecycle.deliveries(
            of: try number(call), try call.page(), for: call.caller)
        return call.list(page.elements.map(\.snapshot), next: page.next)
    }

    private static func backlog(_ call: NativeCall) async throws -> ManagementResponse {
        let backlog = try await call.lifecycle.backlog(of: try number(call), for: call.caller)
        return .json(200, backlog.snapshot)
    }

    private static func redeliver(_ call: NativeCall) async throws -> ManagementResponse {
        let number = try number(call)
        var fields = try call.fields()
        let id = try fields.string("event_id")
        guard let event = EventNumber(identifier: id) else {
            throw fields.invalid("event_id", "expected an id such as evt_12")
        }
        try fields.finish()
        let told = try await call.lifecycle.redeliver(event, to: number, by: call.caller)
        return .json(200, told.webhook.snapshot)
    }

    private static func resume(_ call: NativeCall) async throws -> ManagementResponse {
        try call.fields().finish()
        let webhook = try await call.lifecycle.resumeWebhook(try number(call), by: call.caller)
        return .json(200, webhook.snapshot)
    }

    private static func number(_ call: NativeCall) throws(ProblemDocument) -> WebhookNumber {
        try call.number("webhook", of: Webhook.self)
    }

    static let schemas: [String: JSONValue] = [
        "Webhook": Schema.entity("whk", members),
        "NewWebhook": Schema.entity(
            "whk",
            members.merging([
                "secret": Schema.described(
                    Schema.text(), "Not told again, also not for an Idempotency-Key.")
            ]) { first, _ in first }, optional: ["secret"]),
        "WebhookDraft": Schema.object(
            [
                "url": Schema.text(max: Webhook.urlBytesMax, pattern: "^https?://[!-~]+$"),
                "format": Schema.nullable(Schema.oneOf(Webhook.Format.self)),
                "types": Schema.nullable(
                    Schema.array(of: Schema.oneOf(Event.Kind.self), max: 100)),
                "secret": Schema.nullable(
                    Schema.described(
                        Schema.text(pattern: "^[!-~]{16,256}$"),
                        "What bodies are signed with; null: one that is made here.")),
                "client_reference": Schema.nullable(Schema.reference("ShortText")),
            ], required: ["url"]),
        "Delivery": Schema.object([
            "id": Schema.integer(1...Int(Int32.max)), "delivery_id": Schema.text(),
            "event_id": Schema.id(of: Event.self),
            "attempt": Schema.integer(1...1000),
            "outcome": Schema.oneOf(DeliveryAttempt.Outcome.self),
            "status": Schema.nullable(Schema.integer(100...599)),
            "error": Schema.nullable(Schema.text()),
            "milliseconds": Schema.integer(0...Int(Int32.max)), "at": Schema.time,
        ]),
        "Backlog": Schema.object([
            "waiting": Schema.integer(0...Int(Int32.max)),
            "given_up": Schema.integer(0...Int(Int32.max)),
            "lost_through": Schema.described(
                Schema.nullable(Schema.id(of: Event.self)),
                "Events through this one have left the log before all were told; null: none."),
        ]),
        "Redelivery": Schema.object(["event_id": Schema.id(of: Event.self)]),
    ]

    private static let members: [String: JSONValue] = [
        "url": Schema.text(), "format": Schema.oneOf(Webhook.Format.self),
        "types": Schema.array(of: Schema.oneOf(Event.Kind.self)),
        "suppressed_at": Schema.nullable(Schema.time),
        "failures_in_a_row": Schema.described(
            Schema.integer(0...Int(Int32.max)),
            "Events in a row that were given up, each after all its attempts; "
                + "\(Webhook.failuresMax) suppress the webhook."),
        "client_reference": Schema.nullable(Schema.text()),
    ]
}
