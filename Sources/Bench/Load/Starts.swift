// SPDX-License-Identifier: Apache-2.0
import Networking
import Synchronization

/// Tells the connections of one loop when to begin their next operation, and when there is none.
final class Starts {
    private enum Kind {
        /// As soon as a connection is free, until `end`.
        case closed(until: Instant, Budget)
        case open(ArrivalSchedule)
    }

    private let loop: EventLoop
    private var kind: Kind
    private var isStopped = false
    /// Connections that wait for an operation of an open loop, the longest first.
    private var idle: [Idle] = []
    private var alarm: Alarm?

    private final class Idle {
        let signal = LoopSignal()
        var begun: Instant?
    }

    /// What all loops may still begin, for a load with a count.
    final class Budget: Sendable {
        private let rest: Atomic<Int>

        init(_ count: Int) {
            rest = Atomic(count)
        }

        func take() -> Bool {
            rest.wrappingSubtract(1, ordering: .relaxed).oldValue > 0
        }
    }

    /// A closed loop.
    init(until end: Instant, budget: Budget, on loop: EventLoop) {
        self.loop = loop
        kind = .closed(until: end, budget)
    }

    /// An open loop.
    init(_ schedule: ArrivalSchedule, on loop: EventLoop) throws(SystemError) {
        self.loop = loop
        kind = .open(schedule)
        alarm = try Alarm(on: loop) { [unowned self] in wake() }
    }

    /// Operations of an open loop that were due and never begun.
    var missed: Int {
        if case .open(let schedule) = kind { schedule.missed } else { 0 }
    }

    /// When the caller's next operation begins or was to begin; nil when there is none.
    func next() async -> Instant? {
        guard !isStopped else { return nil }
        switch kind {
        case .closed(let end, let budget):
            let now = Instant.now
            return now < end && budget.take() ? now : nil
        case .open(var schedule):
            let next = schedule.take(at: .now)
            kind = .open(schedule)
            switch next {
            case .due(let moment): return moment
            case .over: return nil
            case .notBefore(let moment): return await wait(until: moment)
            }
        }
    }

    /// Nothing is begun any more.
    func stop() {
        guard !isStopped else { return }
        isStopped = true
        for waiting in idle { waiting.signal.give() }
        idle = []
        alarm?.close()
        alarm = nil
    }

    private func wait(until moment: Instant) async -> Instant? {
        let waiting = Idle()
        idle.append(waiting)
        alarm?.set(to: moment)
        await waiting.signal.wait()
        return waiting.begun
    }

    /// Hands what is due to those that wait.
    private func wake() {
        guard case .open(var schedule) = kind else { return }
        defer { kind = .open(schedule) }
        var served = 0
        serving: while served < idle.count {
            switch schedule.take(at: .now) {
            case .due(let moment):
                idle[served].begun = moment
                idle[served].signal.give()
                served += 1
            case .notBefore(let moment):
                alarm?.set(to: moment)
                break serving
            case .over:
                for waiting in idle[served...] { waiting.signal.give() }
                served = idle.count
            }
        }
        idle.removeFirst(served)
    }
}
