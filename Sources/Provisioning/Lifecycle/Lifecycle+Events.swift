// SPDX-License-Identifier: Apache-2.0
package import Registry

/// Events and those who are told of them.
extension Lifecycle {
    package func event(
        _ number: EventNumber, for caller: Caller
    ) async throws(LifecycleError) -> Event {
        throw .unavailable("unwritten")
    }

    /// The account's events after `after`, oldest first.
    package func events(
        _ filter: EventFilter, after: EventNumber?, limit: Int, for caller: Caller
    ) async throws(LifecycleError) -> Page<Event> {
        throw .unavailable("unwritten")
    }

    /// The oldest event of a poll queue that was not confirmed, and how many there are.
    package func queueHead(
        _ queue: String, kinds: Set<Event.Kind> = [], for caller: Caller
    ) async throws(LifecycleError) -> (event: Event?, waiting: Int) {
        throw .unavailable("unwritten")
    }

    /// Confirms an event, so that the queue's next one is its head. Throws `.conflict` for one that is not
    /// its head.
    package func confirm(
        _ event: EventNumber, in queue: String, by caller: Caller
    ) async throws(LifecycleError) {
        throw .unavailable("unwritten")
    }

    /// Whether the target may be told anything is for the caller to know.
    package func createWebhook(
        url: String, format: Webhook.Format = .native, types: [Event.Kind] = [],
        clientReference: String? = nil, by caller: Caller
    ) async throws(LifecycleError) -> Webhook {
        throw .unavailable("unwritten")
    }

    package func webhook(
        _ number: WebhookNumber, for caller: Caller
    ) async throws(LifecycleError) -> Webhook {
        throw .unavailable("unwritten")
    }

    package func webhooks(
        _ page: PageRequest, for caller: Caller
    ) async throws(LifecycleError) -> Page<Webhook> {
        throw .unavailable("unwritten")
    }

    package func deleteWebhook(
        _ number: WebhookNumber, by caller: Caller
    ) async throws(LifecycleError) {
        throw .unavailable("unwritten")
    }

    /// What has to be sent again to whom, for whoever delivers; a webhook that was suppressed no longer
    /// is.
    package func redeliver(
        _ event: EventNumber, to number: WebhookNumber, by caller: Caller
    ) async throws(LifecycleError) -> (webhook: Webhook, event: Event) {
        throw .unavailable("unwritten")
    }
}
