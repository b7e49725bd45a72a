// SPDX-License-Identifier: Apache-2.0
import Registry
import Testing

/// Who has not read events before they left the log is told, and goes on.
struct LossTests {
    private let ledger: Ledger

    init() throws {
        ledger = try Ledger(eventsMax: 40)
    }

    private func happen(_ count: Int, to account: String = "main") async throws {
        let caller = Caller(account: account, actor: "app", requestID: "r")
        for _ in 0..<count {
            try await ledger.registry.change(by: caller) { draft in
                draft.record(.domainChanged, about: Event.Subject(.domain, 1, "a"), data: nil)
            }
        }
    }

    private func webhook() async throws -> Webhook {
        try await ledger.registry.change(by: ledger.caller) { draft in
            draft.put(
                Webhook(
                    number: try await draft.nextNumber(), account: "main",
                    url: "https://hooks.example", format: .native, secret: "s", at: draft.now))
        }
    }

    /// As deliveries do it from one turn to the next.
    private func takeIn(
        _ webhook: Webhook, _ kinds: Set<Event.Kind>, after place: EventNumber? = nil
    ) async throws -> EventNumber? {
        var place = place
        while let last = try await ledger.registry.takeIn(
            for: webhook, telling: kinds, after: place)
        {
            place = last
        }
        return place
    }

    private func losses() async throws -> [Event] {
        try await ledger.events().filter { $0.kind == .webhookFellBehind }
    }

    @Test func `what has left the log is known by account`() async throws {
        try await happen(3)
        try await happen(40, to: "other")
        let registry = ledger.registry
        #expect(try await registry.lastGoneEvent(of: "main")?.value == 3)
        #expect(try await registry.lastGoneEvent(of: "other") == nil)
        try await happen(2)
        #expect(try await registry.lastGoneEvent(of: "main")?.value == 3)
        #expect(try await registry.lastGoneEvent(of: "other")?.value == 5)
    }

    @Test func `a queue says through where it has lost events, until it has gone on`()
        async throws
    {
        let registry = ledger.registry
        func head() async throws -> QueueHead {
            try await registry.queueHead("q", of: "main", kinds: [.domainChanged])
        }
        try await happen(2)
        let first = try #require(EventNumber(1))
        #expect(try await registry.confirm(first, in: "q", by: ledger.caller))
        #expect(try await head().lostThrough == nil)
        // 1, 2, the confirmation, and 50 more: 13 have left.
        try await happen(50)
        let behind = try await head()
        #expect(behind.lostThrough?.value == 13)
        #expect(behind.event?.number.value == 14)
        #expect(behind.waiting == 40)
        let next = try #require(behind.event?.number)
        #expect(
            try await registry.confirm(
                next, in: "q", kinds: [.domainChanged], by: ledger.caller))
        #expect(try await head().lostThrough == nil)
        #expect(try await head().event?.number.value == 15)
    }

    @Test func `a webhook that has fallen behind is told once, and goes on`() async throws {
        let webhook = try await webhook()
        try await happen(60)
        _ = try await takeIn(webhook, [.domainChanged])
        let registry = ledger.registry
        let told = try #require(try await losses().first)
        #expect(told.subject.number == webhook.number.value)
        #expect(
            told.data == [
                "webhook_id": .string(webhook.number.identifier), "lost_after": nil,
                "lost_through": "evt_20",
            ])
        let waiting = try await registry.pendingDeliveries(of: webhook.number, limit: 100)
        #expect(waiting.map(\.event.value) == Array(21...60))
        #expect(try await registry.backlog(of: webhook.number).lostThrough?.value == 20)
        _ = try await takeIn(webhook, [.domainChanged])
        #expect(try await losses().count == 1)
        // The end of the log was reached: the next loss is another one.
        try await happen(60)
        _ = try await takeIn(webhook, [.domainChanged])
        let again = try #require(try await losses().last)
        #expect(again.number > told.number)
        #expect(
            again.data == [
                "webhook_id": .string(webhook.number.identifier), "lost_after": "evt_61",
                "lost_through": "evt_81",
            ])
    }

    @Test func `what a webhook does not want is not lost by it`()
        async throws
    {
        let webhook = try await webhook()
        for _ in 0..<12 {
            try await happen(10)
            _ = try await takeIn(webhook, [.siteCreated])
        }
        // How far the log was looked at is kept now and then.
        try await happen(25)
        _ = try await takeIn(webhook, [.siteCreated])
        #expect(try await losses() == [])
        #expect(try await ledger.registry.backlog(of: webhook.number).lostThrough == nil)
    }
}
