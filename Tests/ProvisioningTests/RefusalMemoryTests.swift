// SPDX-License-Identifier: Apache-2.0
import FoundationEssentials
import Provisioning
import TLS
import Testing

@Suite struct RefusalMemoryTests {
    let clock = ManualClock()
    let host = name("a.example.com")

    @Test func `a refusal ends with its wait`() {
        var memory = RefusalMemory()
        memory.record(.denied, of: host, for: .seconds(60), at: clock.now)
        clock.advance(by: .seconds(59))
        #expect(memory.refusal(of: host, at: clock.now)?.reason == .denied)
        clock.advance(by: .seconds(1))
        #expect(memory.refusal(of: host, at: clock.now) == nil)
    }

    @Test func `failures climb the ladder: 1, 10, 100 minutes, a day, a day`() {
        var memory = RefusalMemory()
        for minutes in [1, 10, 100, 1440, 1440] {
            memory.recordFailure(of: host, retryAfter: nil, at: clock.now)
            clock.advance(by: .seconds(minutes * 60 - 1))
            #expect(memory.refusal(of: host, at: clock.now) != nil)
            clock.advance(by: .seconds(1))
            #expect(memory.refusal(of: host, at: clock.now) == nil)
        }
    }

    @Test func `success clears the ladder, and so does a day without a try`() {
        var memory = RefusalMemory()
        memory.recordFailure(of: host, retryAfter: nil, at: clock.now)
        memory.clear(host)
        memory.recordFailure(of: host, retryAfter: nil, at: clock.now)
        #expect(memory.entries[host]?.failures == 1)
        clock.advance(by: .seconds(60 + 86_400))
        memory.recordFailure(of: host, retryAfter: nil, at: clock.now)
        #expect(memory.entries[host]?.failures == 1)
    }

    @Test(arguments: [(3600, 3600), (1, 60), (1_000_000, 86_400)])
    func `a 429 waits as long as the CA says, within reason, and climbs no ladder`(
        said: Int, waited: Int
    ) {
        var memory = RefusalMemory()
        memory.recordFailure(of: host, retryAfter: .seconds(said), at: clock.now)
        #expect(memory.entries[host]?.until == clock.now + .seconds(waited))
        #expect(memory.entries[host]?.reason == .rateLimited)
        #expect(memory.entries[host]?.failures == 0)
    }

    @Test(arguments: [(nil, 30), (5, 30), (120, 120), (3600, 300)] as [(Int?, Int)])
    func `a name that leads elsewhere waits for its negative TTL, within 30 and 300 s`(
        ttl: Int?, waited: Int
    ) {
        let wait = RefusalWaits().afterIneligible(negativeTTL: ttl.map { .seconds($0) })
        #expect(wait == .seconds(waited))
    }

    @Test func `a name is reported once a minute at most`() {
        var memory = RefusalMemory()
        var reports: [Bool] = []
        for _ in 0..<3 {
            reports.append(
                memory.record(.notEligible, of: host, for: .seconds(30), at: clock.now))
            clock.advance(by: .seconds(30))
        }
        #expect(reports == [true, false, true])
    }

    @Test func `it is bounded, and what would be forgotten first makes room`() {
        var memory = RefusalMemory(capacity: 3)
        for (index, seconds) in [300, 100, 200].enumerated() {
            memory.record(
                .denied, of: name("\(index).example.com"), for: .seconds(seconds), at: clock.now)
        }
        memory.record(.denied, of: host, for: .seconds(250), at: clock.now)
        #expect(memory.count == 3)
        #expect(memory.entries[name("1.example.com")] == nil)
        #expect(memory.entries[host] != nil)
        // One that is known already needs no room.
        memory.record(.denied, of: host, for: .seconds(400), at: clock.now)
        #expect(memory.count == 3)
        #expect(memory.entries[name("2.example.com")] != nil)
    }

    @Test func `a flood of names leaves the bound and the newest`() {
        var memory = RefusalMemory(capacity: 100)
        for index in 0..<5000 {
            memory.record(
                .denied, of: name("\(index % 700).example.com"), for: .seconds(60), at: clock.now)
            if index % 10 == 0 { clock.advance(by: .seconds(1)) }
            #expect(memory.count <= 100)
        }
        #expect(memory.refusal(of: name("\(4999 % 700).example.com"), at: clock.now) != nil)
        clock.advance(by: .seconds(120))
        memory.forgetPast(clock.now)
        #expect(memory.count == 0)
    }
}
