// SPDX-License-Identifier: Apache-2.0
package import Networking

/// Which of several origins gets the next request, and which of them are put aside.
///
/// - Round robin is smooth and weighted: an origin gains its weight with every pick, the richest is
///   picked and pays the sum. Equal weights make it the plain round.
/// - Least connections is by exchanges in flight from this loop, over the weight.
/// - An origin that fails `failuresMax` times in a row within `failureWindow` is put aside, first for
///   `aside`, twice as long each further time up to `asideMax`, from the start again when it has
///   been well for as long as that. Then one request is its trial.
/// - The weight of one that came back grows for `slowStart`.
/// - When none may be picked, the one whose time ends first is: a request is never given up untried.
///
/// Neither I/O nor clock: the caller says what happened and when.
package struct OriginBalancer: Sendable {
    package enum Method: String, CaseIterable, Sendable {
        case roundRobin = "round_robin"
        case leastConnections = "least_connections"
    }

    package struct Configuration: Sendable {
        package var method = Method.roundRobin
        /// Failures in a row that put an origin aside.
        package var failuresMax = 3
        /// The time within which they must happen.
        package var failureWindow = Duration.seconds(10)
        /// How long an origin is aside the first time.
        package var aside = Duration.seconds(5)
        /// How long at most.
        package var asideMax = Duration.seconds(60)
        /// How long the share of an origin that came back grows.
        package var slowStart = Duration.seconds(10)

        package init() {}
    }

    /// A request's place at one origin, until `ended`.
    package struct Pick: Equatable, Sendable {
        package let place: Int
        package let reason: Reason

        package enum Reason: Sendable {
            /// The origin serves.
            case share
            /// Its time aside is over: this request decides.
            case trial
            /// It is aside, or its health checks fail, and so are all others.
            case lastResort
        }
    }

    /// What an event meant for an origin's standing; for the log.
    package enum Change: Equatable, Sendable {
        case putAside(Duration)
        case cameBack
    }

    private let configuration: Configuration
    private var members: [Member]
    /// The place that wins a tie.
    private var first: Int

    /// - Parameter first: where the first round begins.
    package init(count: Int, first: Int = 0, configuration: Configuration = Configuration()) {
        self.configuration = configuration
        members = Array(repeating: Member(), count: count)
        self.first = count > 0 ? first % count : 0
    }

    package var count: Int { members.count }

    // MARK: Picking

    /// Picks an origin that is not in `avoided`; nil when all are.
    ///
    /// - Parameter isRepeatable: whether a failure would cost the request nothing, which is then the
    ///   better one for a trial. Others make one after twice the time.
    package mutating func pick(
        at now: Instant, avoiding avoided: OriginSet = OriginSet(), isRepeatable: Bool = true
    ) -> Pick? {
        let picked: Pick
        if members.count == 1, !avoided.contains(0) {
            picked = Pick(place: 0, reason: .share)
        } else if let place = due(at: now, avoiding: avoided, isRepeatable: isRepeatable) {
            members[place].standing.beginTrial()
            picked = Pick(place: place, reason: .trial)
        } else if let place = serving(at: now, avoiding: avoided) {
            picked = Pick(place: place, reason: .share)
        } else if let place = soonest(avoiding: avoided) {
            picked = Pick(place: place, reason: .lastResort)
        } else {
            return nil
        }
        members[picked.place].inFlight += 1
        return picked
    }

    private func due(at now: Instant, avoiding avoided: OriginSet, isRepeatable: Bool) -> Int? {
        members.indices.first { place in
            guard case .aside(let aside) = members[place].standing, !aside.isOnTrial,
                !members[place].failsChecks, !avoided.contains(place)
            else { return false }
            return aside.until + (isRepeatable ? .zero : aside.time) <= now
        }
    }

    private mutating func serving(at now: Instant, avoiding avoided: OriginSet) -> Int? {
        var chosen: Int?
        var weights = 0
        for step in members.indices {
            let place = (first + step) % members.count
            guard members[place].serves, !avoided.contains(place) else { continue }
            let weight = members[place].weight(at: now, slowStart: configuration.slowStart)
            members[place].credit += weight
            weights += weight
            guard let best = chosen else {
                chosen = place
                continue
            }
            if isBetter(place, than: best, at: now) { chosen = place }
        }
        guard let chosen else { return nil }
        members[chosen].credit -= weights
        if configuration.method == .leastConnections { first = (chosen + 1) % members.count }
        return chosen
    }

    private func isBetter(_ place: Int, than best: Int, at now: Instant) -> Bool {
        switch configuration.method {
        case .roundRobin:
            return members[place].credit > members[best].credit
        case .leastConnections:
            // With this request on top, or the weight of an idle origin would not count.
            let slowStart = configuration.slowStart
            return (members[place].inFlight + 1)
                * members[best].weight(at: now, slowStart: slowStart)
                < (members[best].inFlight + 1)
                * members[place].weight(at: now, slowStart: slowStart)
        }
    }

    /// Rather one whose checks succeed, then the one whose time ends first.
    private func soonest(avoiding avoided: OriginSet) -> Int? {
        members.indices.map { (first + $0) % members.count }
            .filter { !avoided.contains($0) }
            .min { left, right in
                guard members[left].failsChecks == members[right].failsChecks else {
                    return members[right].failsChecks
                }
                return members[left].standing.until < members[right].standing.until
            }
    }

    // MARK: What became of it

    /// The exchange is over, however it ended. Once for each pick.
    package mutating func ended(_ pick: Pick) {
        members[pick.place].inFlight -= 1
        if pick.reason == .trial { members[pick.place].standing.endTrial() }
    }

    /// The origin has begun to answer.
    package mutating func succeeded(_ pick: Pick, at now: Instant) -> Change? {
        members[pick.place].failures = 0
        // An answer to a request of before it was put aside says nothing about now.
        guard case .aside(let aside) = members[pick.place].standing, pick.reason != .share else {
            return nil
        }
        members[pick.place].standing = .serving(since: now, asideBefore: aside.time)
        return .cameBack
    }

    /// The origin was not reached, or did not answer.
    package mutating func failed(_ pick: Pick, at now: Instant) -> Change? {
        guard members.count > 1 else { return nil }
        switch members[pick.place].standing {
        case .aside(let aside):
            guard pick.reason == .trial else { return nil }
            return putAside(pick.place, for: min(aside.time * 2, configuration.asideMax), at: now)
        case .serving(let since, let asideBefore):
            guard members[pick.place].countFailure(at: now, configuration) else { return nil }
            var time = configuration.aside
            if let since, now < since + configuration.asideMax {
                time = max(time, min(asideBefore * 2, configuration.asideMax))
            }
            return putAside(pick.place, for: time, at: now)
        }
    }

    /// What the health checks of an origin say from now on.
    package mutating func checked(_ place: Int, isHealthy: Bool, at now: Instant) {
        guard members[place].failsChecks == isHealthy else { return }
        members[place].failsChecks = !isHealthy
        if isHealthy, case .serving(_, let asideBefore) = members[place].standing {
            members[place].standing = .serving(since: now, asideBefore: asideBefore)
        }
    }

    private mutating func putAside(_ place: Int, for time: Duration, at now: Instant) -> Change {
        members[place].failures = 0
        members[place].standing = .aside(.init(time: time, until: now + time))
        return .putAside(time)
    }
}

/// What is known of one origin.
private struct Member: Sendable {
    enum Standing {
        /// `since`: when it came back, `asideBefore`: after how long; nil when it was never away.
        case serving(since: Instant?, asideBefore: Duration)
        case aside(Aside)

        struct Aside {
            let time: Duration
            let until: Instant
            var isOnTrial = false
        }
    }

    var standing = Standing.serving(since: nil, asideBefore: .zero)
    var failsChecks = false
    var inFlight = 0
    /// What round robin owes it. Over all origins the sum stays 0.
    var credit = 0
    var failures = 0
    private var failingSince = Instant.distantFuture

    private static let fullWeight = 100
    /// With which a slow start begins.
    private static let firstWeight = 5

    var serves: Bool {
        guard case .serving = standing else { return false }
        return !failsChecks
    }

    func weight(at now: Instant, slowStart: Duration) -> Int {
        guard case .serving(let since?, _) = standing, now < since + slowStart else {
            return Self.fullWeight
        }
        let share = since.duration(to: now) / slowStart
        return max(Self.firstWeight, Int(Double(Self.fullWeight) * share))
    }

    /// Whether this failure is the one too many.
    mutating func countFailure(
        at now: Instant, _ configuration: OriginBalancer.Configuration
    ) -> Bool {
        if failures == 0 || failingSince + configuration.failureWindow < now {
            failures = 0
            failingSince = now
        }
        failures += 1
        return failures >= configuration.failuresMax
    }
}

extension Member.Standing {
    /// When it may be picked again; the beginning of time while it serves.
    var until: Instant {
        if case .aside(let aside) = self { aside.until } else { Instant(nanoseconds: 0) }
    }

    mutating func beginTrial() {
        guard case .aside(var aside) = self else { return }
        aside.isOnTrial = true
        self = .aside(aside)
    }

    mutating func endTrial() {
        guard case .aside(var aside) = self else { return }
        aside.isOnTrial = false
        self = .aside(aside)
    }
}
