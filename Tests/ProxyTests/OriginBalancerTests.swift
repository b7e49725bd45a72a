// SPDX-License-Identifier: Apache-2.0
import Networking
import Proxy
import Testing

@Suite struct OriginBalancerTests {
    private static func at(_ milliseconds: UInt64) -> Instant {
        Instant(nanoseconds: (1_000_000 + milliseconds) * 1_000_000)
    }

    // MARK: Shares

    @Test(arguments: [
        (3, 0, [0, 1, 2, 0, 1, 2]), (3, 1, [1, 2, 0, 1, 2, 0]), (3, 5, [2, 0, 1, 2, 0, 1]),
        (1, 7, [0, 0, 0, 0, 0, 0]), (2, 1, [1, 0, 1, 0, 1, 0]),
    ])
    func `round robin takes each in turn, from where it begins`(
        count: Int, first: Int, places: [Int]
    ) {
        let balancer = Balancer(count, first: first)
        #expect(balancer.round(6, at: Self.at(0)) == places)
    }

    @Test func `least connections takes the one with the fewest exchanges in flight`() throws {
        let balancer = Balancer(3) { $0.method = .leastConnections }
        var picks: [OriginBalancer.Pick] = []
        for _ in 0..<6 { picks.append(try #require(balancer.pick(at: Self.at(0)))) }
        #expect(picks.map(\.place).sorted() == [0, 0, 1, 1, 2, 2])
        for pick in picks where pick.place == 1 { balancer.ended(pick) }
        let next = try (0..<3).map { _ in try #require(balancer.pick(at: Self.at(0))).place }
        #expect(next.prefix(2) == [1, 1])
    }

    @Test func `least connections takes idle origins in turn`() {
        let balancer = Balancer(3, first: 1) { $0.method = .leastConnections }
        #expect(balancer.round(6, at: Self.at(0)) == [1, 2, 0, 1, 2, 0])
    }

    @Test func `an avoided origin is not picked, and with all avoided none is`() {
        let balancer = Balancer(2)
        var avoided = OriginSet()
        avoided.insert(0)
        for _ in 0..<4 { #expect(balancer.pick(at: Self.at(0), avoiding: avoided)?.place == 1) }
        avoided.insert(1)
        #expect(balancer.pick(at: Self.at(0), avoiding: avoided) == nil)
    }

    @Test func `the last place of the longest list is a place like any other`() {
        let count = OriginSet.limit
        let balancer = Balancer(count, first: count - 1)
        #expect(balancer.round(2, at: Self.at(0)) == [count - 1, 0])
        var avoided = OriginSet()
        for place in 0..<count - 1 { avoided.insert(place) }
        #expect(balancer.pick(at: Self.at(0), avoiding: avoided)?.place == count - 1)
    }

    // MARK: Aside

    @Test func `failures in a row put an origin aside, and an answer between them does not`() throws
    {
        let balancer = Balancer(2)
        var others = OriginSet()
        others.insert(1)
        var changes: [OriginBalancer.Change?] = []
        for answers in [false, false, true, false, false, false] {
            let pick = try #require(balancer.pick(at: Self.at(0), avoiding: others))
            changes.append(
                answers
                    ? balancer.succeeded(pick, at: Self.at(0))
                    : balancer.failed(pick, at: Self.at(0)))
            balancer.ended(pick)
        }
        #expect(changes == [nil, nil, nil, nil, nil, .putAside(.seconds(5))])
        #expect(balancer.round(3, at: Self.at(0)) == [1, 1, 1])
    }

    @Test(arguments: [(5000, true), (5001, false)])
    func `only failures within the window count`(step: UInt64, isAside: Bool) throws {
        let balancer = Balancer(2)
        var others = OriginSet()
        others.insert(1)
        var change: OriginBalancer.Change?
        for number in 0..<3 {
            let now = Self.at(UInt64(number) * step)
            let pick = try #require(balancer.pick(at: now, avoiding: others))
            change = balancer.failed(pick, at: now)
            balancer.ended(pick)
        }
        #expect((change != nil) == isAside)
    }

    @Test func `the time aside doubles with each failed trial, up to its bound`() throws {
        let balancer = Balancer(2)
        #expect(balancer.fail(0, at: Self.at(0)) == .putAside(.seconds(5)))
        var now = Self.at(0)
        var times: [Duration] = []
        var time = Duration.seconds(5)
        for _ in 0..<6 {
            // Not a moment too early.
            let early = now + time + .zero
            #expect(
                balancer.pick(at: Instant(nanoseconds: early.nanoseconds - 1))?.place == 1)
            now = early
            let trial = try #require(balancer.pick(at: now))
            #expect(trial.place == 0 && trial.reason == .trial)
            guard case .putAside(let next)? = balancer.failed(trial, at: now) else {
                Issue.record("a failed trial puts it aside again")
                return
            }
            balancer.ended(trial)
            time = next
            times.append(next)
        }
        #expect(times == [10, 20, 40, 60, 60, 60].map { .seconds($0) })
    }

    @Test func `one request at a time is the trial, and an answer ends it`() throws {
        let balancer = Balancer(2)
        _ = balancer.fail(0, at: Self.at(0))
        let trial = try #require(balancer.pick(at: Self.at(5000)))
        #expect(trial.reason == .trial)
        #expect(balancer.round(3, at: Self.at(5000)) == [1, 1, 1])
        #expect(balancer.succeeded(trial, at: Self.at(5001)) == .cameBack)
        balancer.ended(trial)
        #expect(Set(balancer.round(4, at: Self.at(5001))) == [0, 1])
    }

    @Test func `a trial whose client left is followed by another`() throws {
        let balancer = Balancer(2)
        _ = balancer.fail(0, at: Self.at(0))
        let trial = try #require(balancer.pick(at: Self.at(5000)))
        balancer.ended(trial)
        #expect(balancer.pick(at: Self.at(5000))?.reason == .trial)
    }

    @Test func `a request that cannot be repeated is a trial only after twice the time`() {
        let balancer = Balancer(2)
        _ = balancer.fail(0, at: Self.at(0))
        #expect(balancer.pick(at: Self.at(9999), isRepeatable: false)?.place == 1)
        #expect(balancer.pick(at: Self.at(10_000), isRepeatable: false)?.reason == .trial)
    }

    @Test(arguments: [(64_999, 10), (65_001, 5)])
    func `who fails soon after it came back is away for longer`(
        later: UInt64, seconds: Int
    ) throws {
        let balancer = Balancer(2)
        _ = balancer.fail(0, at: Self.at(0))
        let trial = try #require(balancer.pick(at: Self.at(5000)))
        _ = balancer.succeeded(trial, at: Self.at(5000))
        balancer.ended(trial)
        let change = balancer.fail(0, at: Self.at(later))
        #expect(change == .putAside(.seconds(seconds)))
    }

    @Test func `answers and failures from before it was put aside change nothing`() throws {
        let balancer = Balancer(2)
        let before = try (0..<4).map { _ in try #require(balancer.pick(at: Self.at(0))) }
            .filter { $0.place == 0 }
        _ = balancer.fail(0, at: Self.at(0))
        #expect(balancer.succeeded(before[0], at: Self.at(1)) == nil)
        #expect(balancer.failed(before[1], at: Self.at(1)) == nil)
        #expect(balancer.round(3, at: Self.at(4999)) == [1, 1, 1])
        #expect(balancer.pick(at: Self.at(5000))?.reason == .trial)
    }

    @Test func `when all are aside the one whose time ends first is tried, and may come back`()
        throws
    {
        let balancer = Balancer(3)
        for (place, time) in [(0, 20), (1, 0), (2, 10)] {
            #expect(balancer.fail(place, at: Self.at(UInt64(time))) != nil)
        }
        let pick = try #require(balancer.pick(at: Self.at(100)))
        #expect(pick.place == 1 && pick.reason == .lastResort)
        #expect(balancer.failed(pick, at: Self.at(100)) == nil)
        balancer.ended(pick)
        let again = try #require(balancer.pick(at: Self.at(200)))
        #expect(again.place == 1)
        #expect(balancer.succeeded(again, at: Self.at(200)) == .cameBack)
        balancer.ended(again)
        #expect(balancer.round(3, at: Self.at(300)) == [1, 1, 1])
    }

    @Test func `an only origin is never put aside`() {
        let balancer = Balancer(1)
        for _ in 0..<10 {
            #expect(balancer.fail(0, at: Self.at(0)) == nil)
            #expect(balancer.pick(at: Self.at(0))?.reason == .share)
        }
    }

    // MARK: Health checks

    @Test func `an origin whose checks fail gets nothing while another one serves`() {
        let balancer = Balancer(2)
        balancer.checked(0, isHealthy: false, at: Self.at(0))
        #expect(balancer.round(3, at: Self.at(0)) == [1, 1, 1])
        _ = balancer.fail(1, at: Self.at(0))
        // Rather one that failed requests than one that fails its checks as well as it can.
        #expect(balancer.pick(at: Self.at(0))?.place == 1)
        balancer.checked(0, isHealthy: true, at: Self.at(1))
        #expect(balancer.pick(at: Self.at(1))?.place == 0)
    }

    @Test func `when the checks of all fail all are asked as before`() {
        let balancer = Balancer(2)
        for place in 0..<2 { balancer.checked(place, isHealthy: false, at: Self.at(0)) }
        let pick = balancer.pick(at: Self.at(0))
        #expect(pick?.reason == .lastResort)
    }

    // MARK: Slow start

    @Test func `the share of an origin that came back grows to the full one`() throws {
        let balancer = Balancer(2) { $0.slowStart = .seconds(10) }
        _ = balancer.fail(0, at: Self.at(0))
        let trial = try #require(balancer.pick(at: Self.at(5000)))
        _ = balancer.succeeded(trial, at: Self.at(5000))
        balancer.ended(trial)
        // Weights 5, 25, 50, 99 and 100 beside 100.
        let shares = [0, 2500, 5000, 9900, 10_000].map { (later: UInt64) in
            let places = balancer.round(2100, at: Self.at(5000 + later))
            return Double(places.filter { $0 == 0 }.count) / 2100
        }
        for (share, weight) in zip(shares, [5.0, 25, 50, 99, 100]) {
            #expect(abs(share - weight / (100 + weight)) < 0.002)
        }
    }

    @Test func `a slow start holds for least connections too`() throws {
        let balancer = Balancer(2) {
            $0.method = .leastConnections
            $0.slowStart = .seconds(10)
        }
        _ = balancer.fail(0, at: Self.at(0))
        let trial = try #require(balancer.pick(at: Self.at(5000)))
        _ = balancer.succeeded(trial, at: Self.at(5000))
        balancer.ended(trial)
        let picks = try (0..<50).map { _ in
            try #require(balancer.pick(at: Self.at(7500))).place
        }
        #expect(picks.filter { $0 == 0 }.count == 10)
    }

    // MARK: Soak

    @Test(arguments: OriginBalancer.Method.allCases, 0..<8)
    func `a sick origin is not picked while a healthy one is there`(
        method: OriginBalancer.Method, seed: Int
    ) throws {
        var random = SplitMix(seed: UInt64(seed))
        let count = 2 + seed % 4
        let balancer = Balancer(count) {
            $0.method = method
            $0.slowStart = .seconds(10)
        }
        // What the balancer was told, kept apart from what it keeps itself.
        var asideUntil = [Instant?](repeating: nil, count: count)
        var failsChecks = [Bool](repeating: false, count: count)
        var picks: [OriginBalancer.Pick] = []
        var now = Self.at(0)
        var served = [Int](repeating: 0, count: count)
        for _ in 0..<20_000 {
            now = now + .milliseconds(Int.random(in: 0...400, using: &random))
            switch Int.random(in: 0..<20, using: &random) {
            case 0:
                let place = Int.random(in: 0..<count, using: &random)
                failsChecks[place] = Int.random(in: 0..<4, using: &random) == 0
                balancer.checked(place, isHealthy: !failsChecks[place], at: now)
            case 1...9:
                let pick = try #require(balancer.pick(at: now))
                picks.append(pick)
                served[pick.place] += 1
                let isSick = asideUntil[pick.place] != nil || failsChecks[pick.place]
                let othersServe = (0..<count).contains {
                    asideUntil[$0] == nil && !failsChecks[$0]
                }
                switch pick.reason {
                case .share: #expect(!isSick)
                case .trial:
                    #expect(asideUntil[pick.place].map { $0 <= now } == true)
                    #expect(!failsChecks[pick.place])
                case .lastResort: #expect(isSick && !othersServe)
                }
            default:
                guard !picks.isEmpty else { continue }
                let pick = picks.remove(at: Int.random(in: picks.indices, using: &random))
                let answers = Int.random(in: 0..<10, using: &random) < 5
                let change =
                    answers ? balancer.succeeded(pick, at: now) : balancer.failed(pick, at: now)
                balancer.ended(pick)
                switch change {
                case .putAside(let time): asideUntil[pick.place] = now + time
                case .cameBack: asideUntil[pick.place] = nil
                case nil: break
                }
            }
        }
        #expect(served.allSatisfy { $0 > 0 })
    }
}

/// A balancer without slow start, unless it is asked for.
private final class Balancer {
    private var balancer: OriginBalancer

    init(
        _ count: Int, first: Int = 0,
        _ change: (inout OriginBalancer.Configuration) -> Void = { _ in }
    ) {
        var configuration = OriginBalancer.Configuration()
        configuration.slowStart = .zero
        change(&configuration)
        balancer = OriginBalancer(count: count, first: first, configuration: configuration)
    }

    func pick(
        at now: Instant, avoiding avoided: OriginSet = OriginSet(), isRepeatable: Bool = true
    ) -> OriginBalancer.Pick? {
        balancer.pick(at: now, avoiding: avoided, isRepeatable: isRepeatable)
    }

    func succeeded(_ pick: OriginBalancer.Pick, at now: Instant) -> OriginBalancer.Change? {
        balancer.succeeded(pick, at: now)
    }

    func failed(_ pick: OriginBalancer.Pick, at now: Instant) -> OriginBalancer.Change? {
        balancer.failed(pick, at: now)
    }

    func ended(_ pick: OriginBalancer.Pick) {
        balancer.ended(pick)
    }

    func checked(_ place: Int, isHealthy: Bool, at now: Instant) {
        balancer.checked(place, isHealthy: isHealthy, at: now)
    }

    /// Has requests to one origin fail until it is put aside, three at most.
    func fail(_ place: Int, at now: Instant) -> OriginBalancer.Change? {
        var others = OriginSet()
        for other in 0..<balancer.count where other != place { others.insert(other) }
        var change: OriginBalancer.Change?
        for _ in 0..<3 where change == nil {
            guard let pick = balancer.pick(at: now, avoiding: others) else { break }
            change = balancer.failed(pick, at: now)
            balancer.ended(pick)
        }
        return change
    }

    /// The places of the next picks, each of which is answered at once.
    func round(_ count: Int, at now: Instant) -> [Int] {
        (0..<count).compactMap { _ in
            guard let pick = balancer.pick(at: now) else { return nil }
            _ = balancer.succeeded(pick, at: now)
            balancer.ended(pick)
            return pick.place
        }
    }
}

/// Random numbers that are the same in each run.
private struct SplitMix: RandomNumberGenerator {
    private var state: UInt64

    init(seed: UInt64) {
        state = seed
    }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = (state ^ (state >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }
}
