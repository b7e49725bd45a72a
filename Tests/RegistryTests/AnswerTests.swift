// SPDX-License-Identifier: Apache-2.0
import FoundationEssentials
import Registry
import Storage
import TestSupport
import Testing

struct AnswerTests {
    private func answer(_ text: String, at: Date, bytes: Int = 10) -> RememberedAnswer {
        RememberedAnswer(
            fingerprint: text, status: 201, fields: [], body: [UInt8](repeating: 65, count: bytes),
            at: at)
    }

    @Test func `an answer is remembered for its account and for a day`() async throws {
        let start = Date(timeIntervalSince1970: 1_900_000_000)
        let clock = Moment(start)
        let ledger = try Ledger(clock: { clock.now })
        let given = answer("a", at: start)
        let key = "any text/with spaces \u{1F511}"
        try await ledger.registry.remember(given, as: key, of: "main")
        #expect(try await ledger.registry.remembered(key, of: "main") == given)
        #expect(try await ledger.registry.remembered(key, of: "other") == nil)
        clock.now = start + RememberedAnswer.age - 1
        #expect(try await ledger.registry.remembered(key, of: "main") == given)
        clock.now = start + RememberedAnswer.age
        #expect(try await ledger.registry.remembered(key, of: "main") == nil)
    }

    @Test func `old answers leave when new ones come`() async throws {
        let start = Date(timeIntervalSince1970: 1_900_000_000)
        let clock = Moment(start)
        let ledger = try Ledger(clock: { clock.now })
        for index in 0..<6 {
            try await ledger.registry.remember(
                answer("a", at: clock.now), as: "k\(index)", of: "main")
        }
        clock.now = start + RememberedAnswer.age + 1
        for index in 6..<8 {
            try await ledger.registry.remember(
                answer("a", at: clock.now), as: "k\(index)", of: "main")
        }
        let kept = ledger.memory.all.filter { $0.key.text.contains("/key/") }
        #expect(kept.count == 2)
    }

    @Test func `an account has so many answers and no more`() async throws {
        let ledger = try Ledger()
        for index in 0..<20 {
            try await ledger.registry.remember(
                answer("a", at: Date()), as: "k\(index)", of: "main", countMax: 5)
        }
        let kept = ledger.memory.all.filter { $0.key.text.contains("/key/") }
        #expect(kept.count == 5)
        #expect(try await ledger.registry.remembered("k14", of: "main") == nil)
        #expect(try await ledger.registry.remembered("k15", of: "main") != nil)
    }

    @Test func `a body that is too large is not remembered`() async throws {
        let ledger = try Ledger()
        let max = RememberedAnswer.bodyBytesMax
        try await ledger.registry.remember(
            answer("a", at: Date(), bytes: max), as: "fits", of: "main")
        try await ledger.registry.remember(
            answer("a", at: Date(), bytes: max + 1), as: "not", of: "main")
        #expect(try await ledger.registry.remembered("fits", of: "main") != nil)
        #expect(try await ledger.registry.remembered("not", of: "main") == nil)
    }
}
