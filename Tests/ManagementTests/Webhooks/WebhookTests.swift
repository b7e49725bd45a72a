// SPDX-License-Identifier: Apache-2.0
import Foundation
import Management
import Networking
import Registry
import TLS
import TestSupport
import Testing

struct WebhookTests {
    @Test func `an event is posted once, signed, as the log shows it`() async throws {
        let rig = try WebhookRig()
        let receiver = Receiver()
        let url = try await receiver.open(on: rig.loops[0])
        let webhook = try await rig.webhook(url + "/in?x=1")
        try await rig.happen(1...1)
        try await rig.deliver()
        try await rig.deliver()

        #expect(receiver.received.count == 1)
        let got = try #require(receiver.received.first)
        let number = try #require(EventNumber(identifier: got.event))
        let event = try #require(try await rig.registry.event(number))
        #expect(try JSONDecoder().decode(JSONValue.self, from: Data(got.body)) == event.snapshot)
        let time = Int(rig.clock.now.timeIntervalSince1970)
        let signed = Digest.hmacSHA256(
            key: Array(WebhookRig.secret.utf8), Array("\(time).".utf8) + got.body)
        #expect(got.signature == "t=\(time),v1=\(Digest.hexadecimal(signed))")
        let history = try await rig.history(of: webhook)
        #expect(history.map(\.outcome) == [.delivered])
        #expect(history.first?.status == 200)
        #expect(history.first?.delivery == got.delivery)
    }

    @Test func `only events of the webhook's account and of its types are told`() async throws {
        let rig = try WebhookRig()
        let receiver = Receiver()
        let url = try await receiver.open(on: rig.loops[0])
        try await rig.happen(1...1)
        _ = try await rig.webhook(url)
        try await rig.happen(2...2, to: "other")
        try await rig.registry.change(by: rig.caller) { draft in
            draft.record(.siteCreated, about: Event.Subject(.site, 1, "s"), data: nil)
        }
        try await rig.happen(3...3)
        try await rig.deliver()
        // What was before it was made is not told either.
        let bodies = receiver.received.map { String(decoding: $0.body, as: UTF8.self) }
        #expect(bodies.count == 1)
        #expect(bodies.first?.contains("\"number\":3") == true)
    }

    @Test func `each event arrives through a receiver that fails at random`() async throws {
        let rig = try WebhookRig()
        let receiver = Receiver { received in
            // Every event has its share of failures, and gets through before the last try.
            switch (received.number &* 2_654_435_761) >> 7 & 7 {
            case 0, 1: return .empty(500)
            case 2: return ManagementResponse(status: 302, fields: [("Location", "/elsewhere")])
            case 3: return .empty(204)
            default: return .empty(200)
            }
        }
        let url = try await receiver.open(on: rig.loops[0])
        let webhook = try await rig.webhook(url + "/in")
        try await rig.happen(1...60)
        try await rig.deliverToTheEnd()
        let events = Set(receiver.received.map(\.event))
        #expect(events.count == 60)
        #expect(receiver.received.count > 60)
        // Redirects were not followed.
        #expect(receiver.received.allSatisfy { $0.path == "/in" })
        let backlog = try await rig.registry.backlog(of: webhook.number)
        #expect(backlog.pending == 0 && backlog.abandoned == 0)
        let deliveries = Set(receiver.received.map(\.delivery))
        #expect(deliveries.count == 60)
    }

    @Test func `tries are spread over two hours, then the event is given up`() async throws {
        let rig = try WebhookRig()
        let receiver = Receiver { _ in .empty(503) }
        let webhook = try await rig.webhook(try await receiver.open(on: rig.loops[0]))
        let start = rig.clock.now
        try await rig.happen(1...1)
        try await rig.deliverToTheEnd()
        let history = try await rig.history(of: webhook).reversed() as [DeliveryAttempt]
        #expect(history.map(\.attempt) == Array(1...10))
        #expect(history.map(\.outcome) == Array(repeating: .failed, count: 9) + [.abandoned])
        let gaps = zip(history, history.dropFirst()).map { $1.at.timeIntervalSince($0.at) }
        #expect(gaps == [2, 5, 13, 35, 91, 238, 620, 1610, 4180])
        #expect(rig.clock.now.timeIntervalSince(start) <= 7200)
        let backlog = try await rig.registry.backlog(of: webhook.number)
        #expect(backlog.pending == 0 && backlog.abandoned == 1 && backlog.lostThrough == nil)
        #expect(history.first?.error == "it answered 503")
    }

    @Test func `events that left the log while they waited are not the receiver's fault`()
        async throws
    {
        let rig = try WebhookRig(eventsMax: 20)
        let receiver = Receiver { _ in .empty(500) }
        let webhook = try await rig.webhook(
            try await receiver.open(on: rig.loops[0]),
            types: [.domainChanged, .webhookFellBehind])
        try await rig.happen(1...20)
        try await rig.deliver()
        receiver.behave { _ in .empty(200) }
        let tried = receiver.received.count
        try await rig.happen(21...40)
        try await rig.happen(41...60)
        try await rig.deliverToTheEnd()
        // 21 to 40 were never seen, and 41 went when the loss was told.
        let told = receiver.received.dropFirst(tried).map(\.event)
        #expect(Set(told) == Set((42...61).map { "evt_\($0)" }))
        let lost = try await rig.history(of: webhook).filter { $0.outcome == .lost }
        #expect(Set(lost.map(\.event.value)) == Set(Array(1...20) + [41]))
        #expect(try await rig.registry.webhook(webhook.number)?.suppressedAt == nil)
        let backlog = try await rig.registry.backlog(of: webhook.number)
        #expect(backlog.pending == 0 && backlog.abandoned == 0)
        #expect(backlog.lostThrough?.value == 41)
    }

    @Test func `fifteen events given up in a row suppress it, and it can be resumed`() async throws
    {
        let rig = try WebhookRig()
        let receiver = Receiver { _ in .empty(500) }
        let webhook = try await rig.webhook(try await receiver.open(on: rig.loops[0]))
        try await rig.happen(1...14)
        try await rig.deliverToTheEnd()
        #expect(try await rig.registry.webhook(webhook.number)?.failuresInARow == 14)
        #expect(try await rig.registry.webhook(webhook.number)?.suppressedAt == nil)
        try await rig.happen(15...15)
        try await rig.deliverToTheEnd()
        #expect(try await rig.registry.webhook(webhook.number)?.suppressedAt != nil)
        var filter = EventFilter()
        filter.kinds = [.webhookSuppressed]
        let told = try await rig.registry.events(filter, of: "main", after: nil, limit: 9)
        #expect(told.elements.map(\.subject.number) == [webhook.number.value])

        // It is left alone, and nothing is lost.
        let before = receiver.received.count
        try await rig.happen(16...16)
        try await rig.deliverToTheEnd()
        #expect(receiver.received.count == before)
        receiver.behave { _ in .empty(200) }
        _ = try await rig.registry.resume(webhook.number, by: rig.caller)
        try await rig.deliverToTheEnd()
        let last = try #require(receiver.received.last)
        #expect(String(decoding: last.body, as: UTF8.self).contains("\"number\":16"))
        #expect(try await rig.registry.webhook(webhook.number)?.failuresInARow == 0)
    }

    @Test func `one success among failures begins the count again`() async throws {
        let rig = try WebhookRig()
        let receiver = Receiver { _ in .empty(500) }
        let webhook = try await rig.webhook(try await receiver.open(on: rig.loops[0]))
        try await rig.happen(1...14)
        try await rig.deliverToTheEnd()
        receiver.behave { _ in .empty(200) }
        try await rig.happen(15...15)
        try await rig.deliverToTheEnd()
        #expect(try await rig.registry.webhook(webhook.number)?.failuresInARow == 0)
    }

    @Test func `an event is sent again when it is asked for`() async throws {
        let rig = try WebhookRig()
        let receiver = Receiver()
        let webhook = try await rig.webhook(try await receiver.open(on: rig.loops[0]))
        try await rig.happen(1...2)
        try await rig.deliver()
        let first = try #require(receiver.received.first)
        let number = try #require(EventNumber(identifier: first.event))
        let stranger = Caller(account: "other", actor: "x", requestID: "r")
        let none = try await rig.registry.redeliver(number, to: webhook.number, by: stranger)
        #expect(none == nil)
        _ = try await rig.registry.redeliver(number, to: webhook.number, by: rig.caller)
        try await rig.deliver()
        #expect(receiver.received.count == 3)
        #expect(receiver.received.last?.event == first.event)
        #expect(receiver.received.last?.delivery != first.delivery)
    }

    @Test func `a receiver that hangs costs its deadline and keeps nobody else waiting`()
        async throws
    {
        let rig = try WebhookRig(deadline: .seconds(5))
        let gate = AsyncStream.makeStream(of: Void.self)
        let hanging = Receiver { _ in
            for await _ in gate.stream { break }
            return .empty(200)
        }
        let well = Receiver()
        let slow = try await rig.webhook(try await hanging.open(on: rig.loops[0]))
        let quick = try await rig.webhook(try await well.open(on: rig.loops[0]))
        try await rig.happen(1...1)
        try await rig.deliver()
        #expect(try await rig.history(of: slow).map(\.outcome) == [.failed])
        #expect(try await rig.history(of: slow).first?.error?.contains("timed out") == true)
        #expect(try await rig.history(of: quick).map(\.outcome) == [.delivered])
        gate.continuation.finish()
    }

    @Test func `so many attempts are under way to one target, and no more`() async throws {
        let rig = try WebhookRig(deadline: .seconds(120))
        let gate = AsyncStream.makeStream(of: Void.self)
        let receiver = Receiver { _ in
            for await _ in gate.stream { break }
            return .empty(200)
        }
        let url = try await receiver.open(on: rig.loops[0])
        let one = try await rig.webhook(url + "/one")
        let two = try await rig.webhook(url + "/two")
        try await rig.happen(1...20)
        _ = await rig.webhooks.turn()
        #expect(await rig.webhooks.attemptCount == Webhooks.perTargetMax)
        gate.continuation.finish()
        try await rig.deliver()
        let failures = try await (rig.history(of: one) + rig.history(of: two)).compactMap(\.error)
        #expect(receiver.received.count == 40, "\(failures)")
    }

    @Test func `an account has so many attempts under way, and others have theirs`()
        async throws
    {
        let rig = try WebhookRig(deadline: .seconds(120))
        let gate = AsyncStream.makeStream(of: Void.self)
        var receivers: [Receiver] = []
        for account in ["main", "main", "main", "other"] {
            let receiver = Receiver { _ in
                for await _ in gate.stream { break }
                return .empty(200)
            }
            receivers.append(receiver)
            _ = try await rig.webhook(try await receiver.open(on: rig.loops[0]), of: account)
        }
        try await rig.happen(1...5)
        try await rig.happen(1...2, to: "other")
        _ = await rig.webhooks.turn()
        #expect(await rig.webhooks.attemptCount == Webhooks.perAccountMax + 2)
        gate.continuation.finish()
        try await rig.deliver()
        #expect(receivers.map(\.received.count) == [5, 5, 5, 2])
    }

    @Test func `what was not acknowledged is told by the next process`() async throws {
        let path = NSTemporaryDirectory() + "nameplate-hooks-\(UInt64.random(in: 0 ... .max))"
        let loop = try EventLoop(name: "receiver")
        defer { loop.shutdown() }
        let receiver = Receiver { received in .empty(received.number % 2 == 0 ? 500 : 200) }
        let url = try await receiver.open(on: loop)
        try await {
            let rig = try WebhookRig(at: path, removesFiles: false)
            _ = try await rig.webhook(url)
            try await rig.happen(1...10)
            try await rig.deliver()
            try await rig.happen(11...12)
            await rig.close()
        }()
        let acknowledged = Set(
            receiver.received.filter { $0.number % 2 == 1 }.map(\.event))
        #expect(acknowledged.count == 5)
        let rig = try WebhookRig(at: path)
        receiver.behave { _ in .empty(200) }
        let before = receiver.received.count
        try await rig.deliverToTheEnd()
        let after = Set(receiver.received.dropFirst(before).map(\.event))
        #expect(after.count == 7)
        #expect(after.isDisjoint(with: acknowledged))
    }

    @Test func `what is kept of a webhook that is gone is dropped`() async throws {
        let rig = try WebhookRig()
        let receiver = Receiver { _ in .empty(500) }
        let webhook = try await rig.webhook(try await receiver.open(on: rig.loops[0]))
        try await rig.happen(1...5)
        try await rig.deliver()
        try await rig.registry.change(by: rig.caller) { draft in
            draft.remove(try #require(try await draft.webhook(webhook.number)))
        }
        try await rig.deliver()
        #expect(try await rig.history(of: webhook).isEmpty)
        #expect(try await rig.registry.pendingDeliveries(of: webhook.number, limit: 9).isEmpty)
    }

    @Test func `it runs by itself when events come, until it is cancelled`() async throws {
        let rig = try WebhookRig()
        let receiver = Receiver()
        let url = try await receiver.open(on: rig.loops[0])
        let running = Task { [webhooks = rig.webhooks] in await webhooks.run() }
        _ = try await rig.webhook(url)
        try await rig.happen(1...1)
        await receiver.arrival()
        running.cancel()
        await running.value
        #expect(receiver.received.count == 1)
    }
}
