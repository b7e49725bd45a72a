// SPDX-License-Identifier: Apache-2.0
import Foundation
import Management
import Registry
import Testing

/// What is refused is refused for the addresses that would be connected to.
struct GuardedTargetTests {
    @Test func `a private address is not connected to, whatever leads there`() async throws {
        let rig = try WebhookRig(allowed: [])
        let receiver = Receiver()
        let url = try await receiver.open(on: rig.loops[0])
        let port = try #require(url.split(separator: ":").last)
        rig.lookup.set("hooks.example", [["127.0.0.1"]])
        rig.lookup.set("mapped.example", [["::ffff:127.0.0.1"]])
        var webhooks: [Webhook] = []
        for host in ["127.0.0.1", "hooks.example", "mapped.example", "[::1]"] {
            for scheme in ["http", "https"] {
                webhooks.append(try await rig.webhook("\(scheme)://\(host):\(port)/in"))
            }
        }
        try await rig.happen(1...1)
        try await rig.deliver()
        #expect(receiver.received.isEmpty)
        for webhook in webhooks {
            let attempt = try #require(try await rig.history(of: webhook).first)
            #expect(attempt.outcome == .failed)
            #expect(attempt.error?.contains("management.webhooks.allow") == true)
        }
    }

    @Test func `a name with another address the next moment gains nothing`() async throws {
        let rig = try WebhookRig(allowed: ["127.0.0.2/32"])
        let receiver = Receiver()
        let url = try await receiver.open(on: rig.loops[0])
        let port = try #require(url.split(separator: ":").last)
        // The permitted address does not answer; the next lookup tells of the forbidden one.
        rig.lookup.set("rebind.example", [["127.0.0.2"], ["127.0.0.1"]])
        _ = try await rig.webhook("http://rebind.example:\(port)/in")
        try await rig.happen(1...1)
        try await rig.deliverToTheEnd()
        #expect(receiver.received.isEmpty)
    }

    @Test func `of several addresses only the permitted ones are tried`() async throws {
        let rig = try WebhookRig(allowed: ["127.0.0.1/32"])
        let receiver = Receiver()
        let url = try await receiver.open(on: rig.loops[0])
        let port = try #require(url.split(separator: ":").last)
        rig.lookup.set("mixed.example", [["10.0.0.1", "127.0.0.1"]])
        let webhook = try await rig.webhook("http://mixed.example:\(port)/in")
        try await rig.happen(1...1)
        try await rig.deliver()
        #expect(receiver.received.count == 1)
        #expect(try await rig.history(of: webhook).map(\.attempt) == [1])
    }
}
