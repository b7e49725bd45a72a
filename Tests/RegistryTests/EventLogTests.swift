// SPDX-License-Identifier: Apache-2.0
import Foundation
import Networking
import Registry
import Storage
import Testing

struct EventLogTests {
    @Test func `the log goes on without a gap after it was opened again`() async throws {
        let path = NSTemporaryDirectory() + "nameplate-registry-\(UInt64.random(in: 0 ... .max))"
        let loop = try EventLoop(name: "storage")
        defer {
            loop.shutdown()
            try? FileManager.default.removeItem(atPath: path)
        }
        for round in 0..<3 {
            let files = try RecordFiles(directory: path, on: loop)
            let ledger = try Ledger(over: files)
            for index in 0..<5 { try await ledger.register("n\(round)-\(index).example.com") }
            let events = try await ledger.events()
            #expect(events.map(\.number.value) == Array(1...(5 * (round + 1))))
            ledger.loop.shutdown()
        }
    }

    @Test func `the log keeps its last events and no more`() async throws {
        let ledger = try Ledger(eventsMax: 5)
        for index in 1...12 { try await ledger.register("n\(index).example.com") }
        #expect(try await ledger.events().map(\.number.value) == Array(8...12))
        #expect(try await ledger.registry.lastGoneEvent(of: "main")?.value == 7)
        let kept = ledger.memory.all.filter { $0.key.text.hasPrefix("log/") }
        #expect(kept.count == 5)
    }

    @Test func `a lower bound than before is reached by and by`() async throws {
        let ledger = try Ledger()
        for index in 1...30 { try await ledger.register("n\(index).example.com") }
        let smaller = try Ledger(ledger.memory, eventsMax: 3)
        for index in 31...36 { try await smaller.register("n\(index).example.com") }
        #expect(try await smaller.events().map(\.number.value) == [34, 35, 36])
    }

    @Test func `events are read after one, of some kinds, about one object`() async throws {
        let ledger = try Ledger()
        try await ledger.register("a.example.com")
        try await ledger.register("x.example.com", of: "other")
        let (certificate, _) = try await ledger.certify(["a.example.com"])
        try await ledger.register("b.example.com")
        let registry = ledger.registry
        func numbers(
            after: Int? = nil, limit: Int = 50, _ build: (inout EventFilter) -> Void = { _ in }
        ) async throws -> ([Int], String?) {
            var filter = EventFilter()
            build(&filter)
            let page = try await registry.events(
                filter, of: "main", after: after.flatMap { EventNumber($0) }, limit: limit)
            return (page.elements.map(\.number.value), page.next)
        }
        #expect(try await numbers() == ([1, 3, 4], nil))
        #expect(try await numbers(after: 1) == ([3, 4], nil))
        #expect(try await numbers(limit: 2) == ([1, 3], "3"))
        #expect(try await numbers(limit: 3) == ([1, 3, 4], nil))
        #expect(try await numbers { $0.kinds = [.domainRegistered] } == ([1, 4], nil))
        #expect(try await numbers { $0.subjectNumber = certificate.number.value } == ([3], nil))
        #expect(try await numbers { $0.requestID = "r-2" } == ([3], nil))
    }

    @Test func `neither a private key nor a webhook's secret is in an event`() async throws {
        let ledger = try Ledger()
        let pem = "-----BEGIN PRIVATE KEY-----\nMIGHAgEAMBMG\n-----END PRIVATE KEY-----\n"
        let secret = "whsec_5f0c"
        let number = try await ledger.registry.change(by: ledger.caller) { draft in
            let number: VersionNumber = try await draft.nextNumber()
            let version = draft.put(
                CertificateVersion(
                    number: number, account: "main", certificate: try await draft.nextNumber(),
                    issuance: nil, state: .issued, source: .upload,
                    names: [try Ledger.name("a.example.com")], at: draft.now))
            draft.putPrivateKey(Array(pem.utf8), as: number.value)
            let webhook = draft.put(
                Webhook(
                    number: try await draft.nextNumber(), account: "main", url: "https://a.example",
                    format: .native, secret: secret, at: draft.now))
            draft.record(.versionUploaded, about: version)
            draft.record(.webhookCreated, about: webhook)
            return number
        }
        #expect(try await ledger.registry.privateKey(number.value) == Array(pem.utf8))
        let events = ledger.memory.all.filter { $0.key.text.hasPrefix("event/") }
        #expect(events.count == 2)
        for event in events {
            let text = String(decoding: event.value, as: UTF8.self)
            #expect(!text.contains("PRIVATE"))
            #expect(!text.contains("MIGHAgEA"))
            #expect(!text.contains(secret))
        }
        // Keys are under their own keys and nowhere else.
        let holders = ledger.memory.all.filter {
            String(decoding: $0.value, as: UTF8.self).contains("MIGHAgEA")
        }
        #expect(holders.map(\.key.text) == ["key/0000000001"])
    }

    @Test func `those who wait for events hear of a commit that has some`() async throws {
        let ledger = try Ledger()
        var appearances = ledger.registry.eventsDidAppear().makeAsyncIterator()
        try await ledger.register("a.example.com")
        #expect(await appearances.next() != nil)
    }
}
