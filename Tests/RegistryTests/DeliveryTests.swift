// SPDX-License-Identifier: Apache-2.0
import FoundationEssentials
import Registry
import TestSupport
import Testing

struct DeliveryTests {
    private let ledger: Ledger
    private let clock = Moment(Date(timeIntervalSince1970: 1_900_000_000))

    init() throws {
        let clock = clock
        ledger = try Ledger(eventsMax: 10_000, clock: { clock.now })
    }

    private func webhook() async throws -> Webhook {
        try await ledger.registry.change(by: ledger.caller) { draft in
            draft.put(
                Webhook(
                    number: try await draft.nextNumber(), account: "main",
                    url: "https://hooks.example", format: .native, secret: "s", at: draft.now))
        }
    }

    private func happen(_ count: Int) async throws {
        for _ in 0..<(count / 100) {
            try await ledger.registry.change(by: ledger.caller) { draft in
                for _ in 0..<100 {
                    draft.record(.domainChanged, about: Event.Subject(.domain, 1, "a"), data: nil)
                }
            }
        }
    }

    private func takeInAll(_ webhook: Webhook) async throws {
        while try await ledger.registry.takeIn(
            for: webhook, telling: [.domainChanged], after: nil) != nil
        {}
    }

    @Test func `so many events wait for a webhook, and the next ones when there is room`()
        async throws
    {
        let webhook = try await webhook()
        try await happen(PendingDelivery.countMax + 200)
        try await takeInAll(webhook)
        let registry = ledger.registry
        let full = try await registry.backlog(of: webhook.number)
        #expect(full.pending == PendingDelivery.countMax)
        let waiting = try await registry.pendingDeliveries(of: webhook.number, limit: 2_000)
        #expect(waiting.map(\.event.value) == Array(1...PendingDelivery.countMax))

        let first = try #require(waiting.first)
        try await registry.note(DeliveryResult(.delivered), of: first, at: clock.now)
        try await takeInAll(webhook)
        let again = try await registry.pendingDeliveries(of: webhook.number, limit: 2_000)
        #expect(again.map(\.event.value) == Array(2...PendingDelivery.countMax + 1))
    }

    @Test func `so many redeliveries may be asked for beyond that`() async throws {
        let webhook = try await webhook()
        try await happen(PendingDelivery.countMax)
        try await takeInAll(webhook)
        let registry = ledger.registry
        clock.now += 1
        for number in 1...PendingDelivery.redeliveriesMax {
            let event = try #require(EventNumber(number))
            let sent = try await registry.redeliver(event, to: webhook.number, by: ledger.caller)
            #expect(sent?.event.number == event)
        }
        let event = try #require(EventNumber(500))
        await #expect(throws: RegistryError.busy) {
            _ = try await registry.redeliver(event, to: webhook.number, by: ledger.caller)
        }
    }

    @Test func `the history keeps the last attempts, newest first`() async throws {
        let webhook = try await webhook()
        try await happen(200)
        try await takeInAll(webhook)
        let registry = ledger.registry
        for delivery in try await registry.pendingDeliveries(of: webhook.number, limit: 130) {
            try await registry.note(
                DeliveryResult(.delivered, status: 200), of: delivery, at: clock.now)
        }
        var numbers: [Int] = []
        var page = PageRequest(limit: 30)
        repeat {
            let part = try await registry.deliveries(of: webhook.number, page)
            numbers += part.elements.map(\.number)
            page.after = part.next
        } while page.after != nil
        #expect(numbers == (31...130).reversed())
    }

    @Test func `an attempt that is noted twice counts once`() async throws {
        let webhook = try await webhook()
        try await happen(100)
        try await takeInAll(webhook)
        let registry = ledger.registry
        let delivery = try #require(
            try await registry.pendingDeliveries(of: webhook.number, limit: 1).first)
        for _ in 0..<2 {
            try await registry.note(DeliveryResult(.delivered), of: delivery, at: clock.now)
        }
        #expect(try await registry.backlog(of: webhook.number).pending == 99)
    }

    @Test func `one that failed waits for its next moment, and those behind it do not`()
        async throws
    {
        let webhook = try await webhook()
        try await happen(100)
        try await takeInAll(webhook)
        let registry = ledger.registry
        let first = try #require(
            try await registry.pendingDeliveries(of: webhook.number, limit: 1).first)
        let result = DeliveryResult(.failed, error: "x", retryAt: clock.now + 60)
        try await registry.note(result, of: first, at: clock.now)
        let waiting = try await registry.pendingDeliveries(of: webhook.number, limit: 200)
        #expect(waiting.first?.event.value == 2)
        #expect(waiting.last?.event == first.event)
        #expect(waiting.last?.attempts == 1)
        #expect(waiting.last?.identifier == first.identifier)
        #expect(waiting.count == 100)
    }
}
