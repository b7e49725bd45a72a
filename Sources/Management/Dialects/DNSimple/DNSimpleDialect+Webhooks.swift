// SPDX-License-Identifier: Apache-2.0
import Provisioning
import Registry

/// Webhooks: URLs that are told of certificates in DNSimple's words.
extension DNSimpleDialect {
    func webhooks(_ call: DialectCall) async throws -> ManagementResponse {
        _ = try account(of: call)
        var elements: [JSONValue] = []
        var page = PageRequest(limit: PageRequest.limitMax)
        repeat {
            let found = try await services.lifecycle.webhooks(page, for: call.caller)
            elements += found.elements.filter { $0.format == .dnsimple }.map(json)
            page.after = found.next
        } while page.after != nil
        return answer(200, ["data": .array(elements)])
    }

    func createWebhook(_ call: DialectCall) async throws -> ManagementResponse {
        _ = try account(of: call)
        var fields = try call.fields()
        let url = try fields.string("url", max: Webhook.urlBytesMax)
        try fields.finish()
        if let reason = await services.refusal(url) { throw fields.invalid("url", reason) }
        let webhook = try await services.lifecycle.createWebhook(
            url: url, format: .dnsimple, by: call.caller)
        return answer(201, ["data": json(webhook)])
    }

    func webhook(_ call: DialectCall) async throws -> ManagementResponse {
        answer(200, ["data": json(try await found(call))])
    }

    func deleteWebhook(_ call: DialectCall) async throws -> ManagementResponse {
        let webhook: Webhook = try await found(call)
        try await services.lifecycle.deleteWebhook(webhook.number, by: call.caller)
        return nothing()
    }

    private func found(_ call: DialectCall) async throws(LifecycleError) -> Webhook {
        _ = try account(of: call)
        let webhook = try await services.lifecycle.webhook(
            call.number(1, .webhook), for: call.caller)
        guard webhook.format == .dnsimple else { throw .notFound(.webhook, call.part(1)) }
        return webhook
    }

    private func json(_ webhook: Webhook) -> JSONValue {
        [
            "id": .integer(webhook.number.value), "url": .string(webhook.url),
            "suppressed_at": .text(webhook.suppressedAt?.secondsText),
        ]
    }
}
