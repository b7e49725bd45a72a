// SPDX-License-Identifier: Apache-2.0
import FoundationEssentials
import Registry
import Storage
import TestSupport
import Testing

/// What is remembered of requests that may come again.
struct AnswerTests {
    private let start = Date(timeIntervalSince1970: 1_900_000_000)

    private func caller(_ id: String, _ key: String? = nil, of account: String = "main") -> Caller {
        Caller(
            account: account, actor: "app", requestID: id,
            request: key.map { RepeatableRequest(key: $0, fingerprint: "digest") })
    }

    private func answer(bytes: Int = 10) -> RememberedRequest.Answer {
        RememberedRequest.Answer(
            status: 201, fields: [], body: [UInt8](repeating: 65, count: bytes))
    }

    /// Answers request `key`, which has made nothing.
    private func remember(
        _ key: String, in ledger: Ledger, bytes: Int = 10,
        countMax: Int = RememberedRequest.countMax
    ) async throws {
        try await ledger.registry.remember(
            answer(bytes: bytes), to: RepeatableRequest(key: key, fingerprint: "digest"),
            by: caller("request of \(key)"), countMax: countMax)
    }

    /// Makes a webhook on behalf of `caller`.
    @discardableResult
    private func make(in ledger: Ledger, by caller: Caller) async throws -> WebhookNumber {
        try await ledger.registry.change(by: caller) { draft in
            let number: WebhookNumber = try await draft.nextNumber()
            let webhook = Webhook(
                number: number, account: caller.account, url: "http://127.0.0.1/",
                format: .native, secret: "s", at: draft.now)
            draft.put(webhook)
            return number
        }
    }

    @Test func `an answer is remembered for its account and for a day`() async throws {
        let clock = Moment(start)
        let ledger = try Ledger(clock: { clock.now })
        let key = "any text/with spaces \u{1F511}"
        try await remember(key, in: ledger)
        #expect(try await ledger.registry.remembered(key, of: "main")?.answer == answer())
        #expect(try await ledger.registry.remembered(key, of: "other") == nil)
        clock.now = start + RememberedRequest.age - 1
        #expect(try await ledger.registry.remembered(key, of: "main") != nil)
        clock.now = start + RememberedRequest.age
        #expect(try await ledger.registry.remembered(key, of: "main") == nil)
    }

    @Test func `a change says what it has made with the commit that makes it`() async throws {
        let ledger = try Ledger()
        let first = caller("r-1", "k")
        struct Stopped: Error {}
        await #expect(throws: Stopped.self) {
            try await ledger.registry.change(by: first) { draft in
                let _: WebhookNumber = try await draft.nextNumber()
                throw Stopped()
            }
        }
        #expect(try await ledger.registry.remembered("k", of: "main") == nil)
        let before = ledger.memory.commits
        let number = try await make(in: ledger, by: first)
        #expect(ledger.memory.commits == before + 1)
        let known = try await ledger.registry.remembered("k", of: "main")
        #expect(known?.made == ["webhook": number.identifier])
        #expect(known?.answer == nil && known?.fingerprint == "digest")
        // Its answer comes to that.
        try await ledger.registry.remember(
            answer(), to: RepeatableRequest(key: "k", fingerprint: "digest"), by: first)
        let whole = try await ledger.registry.remembered("k", of: "main")
        #expect(whole?.made == known?.made && whole?.answer == answer())
    }

    @Test func `another request with the key of one that was done changes nothing`() async throws {
        let clock = Moment(start)
        let ledger = try Ledger(clock: { clock.now })
        let number = try await make(in: ledger, by: caller("r-1", "k"))
        await #expect(throws: RegistryError.repeated) {
            try await make(in: ledger, by: caller("r-2", "k"))
        }
        let next = try #require(WebhookNumber(number.value + 1))
        #expect(try await ledger.registry.webhook(next) == nil)
        // The key of another account, the same request's next change, and a key that is old, are none.
        try await make(in: ledger, by: caller("r-2", "k", of: "other"))
        try await make(in: ledger, by: caller("r-1", "k"))
        clock.now = start + RememberedRequest.age
        try await make(in: ledger, by: caller("r-2", "k"))
    }

    @Test func `a change after which more is to come says nothing`() async throws {
        let ledger = try Ledger()
        try await make(in: ledger, by: caller("r-1", "k").midway)
        #expect(try await ledger.registry.remembered("k", of: "main") == nil)
    }

    @Test func `old answers leave when new ones come`() async throws {
        let clock = Moment(start)
        let ledger = try Ledger(clock: { clock.now })
        for index in 0..<6 { try await remember("k\(index)", in: ledger) }
        clock.now = start + RememberedRequest.age + 1
        for index in 6..<8 { try await remember("k\(index)", in: ledger) }
        let kept = ledger.memory.all.filter { $0.key.text.contains("/key/") }
        #expect(kept.count == 2)
    }

    @Test func `an account has so many answers and no more`() async throws {
        let ledger = try Ledger()
        for index in 0..<20 { try await remember("k\(index)", in: ledger, countMax: 5) }
        let kept = ledger.memory.all.filter { $0.key.text.contains("/key/") }
        #expect(kept.count == 5)
        #expect(try await ledger.registry.remembered("k14", of: "main") == nil)
        #expect(try await ledger.registry.remembered("k15", of: "main") != nil)
    }

    @Test func `a body that is too large is not remembered`() async throws {
        let ledger = try Ledger()
        let max = RememberedRequest.bodyBytesMax
        try await remember("fits", in: ledger, bytes: max)
        try await remember("not", in: ledger, bytes: max + 1)
        #expect(try await ledger.registry.remembered("fits", of: "main") != nil)
        #expect(try await ledger.registry.remembered("not", of: "main") == nil)
    }
}
