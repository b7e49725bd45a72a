// SPDX-License-Identifier: Apache-2.0
import Bench
import Networking
import Testing

@Suite struct ArrivalScheduleTests {
    private let beginning = Instant(nanoseconds: 1_000_000_000)

    private func moment(_ milliseconds: Int) -> Instant {
        beginning + .milliseconds(milliseconds)
    }

    private func schedule(
        rate: Double = 100, thread: Int = 0, of threads: Int = 1, lasting: Duration? = nil,
        count: Int = .max
    ) -> ArrivalSchedule {
        ArrivalSchedule(
            rate: rate, thread: thread, of: threads, from: beginning,
            to: lasting.map { beginning + $0 } ?? .distantFuture, count: count)
    }

    @Test func `operations begin when they are due, whatever became of those before`() {
        var schedule = schedule()
        #expect(schedule.take(at: moment(0)) == .due(moment(0)))
        #expect(schedule.take(at: moment(0)) == .notBefore(moment(10)))
        #expect(schedule.take(at: moment(35)) == .due(moment(10)))
        #expect(schedule.take(at: moment(35)) == .due(moment(20)))
        #expect(schedule.take(at: moment(35)) == .due(moment(30)))
        #expect(schedule.take(at: moment(35)) == .notBefore(moment(40)))
        #expect(schedule.missed == 0)
    }

    @Test func `threads share a schedule`() {
        var first = schedule(thread: 0, of: 2)
        var second = schedule(thread: 1, of: 2)
        #expect(first.take(at: moment(0)) == .due(moment(0)))
        #expect(second.take(at: moment(0)) == .notBefore(moment(10)))
        #expect(first.take(at: moment(0)) == .notBefore(moment(20)))
        #expect(second.take(at: moment(12)) == .due(moment(10)))
        #expect(second.take(at: moment(12)) == .notBefore(moment(30)))
    }

    @Test(arguments: [1, 2, 3, 7])
    func `a number of operations is made exactly, over all threads`(threads: Int) {
        var begun = 0
        for thread in 0..<threads {
            var schedule = schedule(rate: 1e6, thread: thread, of: threads, count: 50_000)
            while case .due = schedule.take(at: moment(10_000)) { begun += 1 }
            #expect(schedule.take(at: moment(10_000)) == .over && schedule.missed == 0)
        }
        #expect(begun == 50_000)
    }

    @Test func `what still waits at the end is missed`() {
        var schedule = schedule(lasting: .milliseconds(100))
        #expect(schedule.take(at: moment(0)) == .due(moment(0)))
        #expect(schedule.take(at: moment(100)) == .over)
        #expect(schedule.missed == 9)
        #expect(schedule.take(at: moment(200)) == .over)
        #expect(schedule.missed == 9)
    }

    @Test(arguments: [1, 4])
    func `a backlog beyond its bound is dropped, the oldest first`(threads: Int) {
        var missed = 0
        var due: [Instant] = []
        for thread in 0..<threads {
            var schedule = schedule(
                rate: 1000, thread: thread, of: threads, lasting: .seconds(100))
            let now = moment(20_000 - 1)
            if case .due(let moment) = schedule.take(at: now) { due.append(moment) }
            missed += schedule.missed
        }
        #expect(missed == 20_000 - ArrivalSchedule.backlogMax)
        #expect(due.min() == moment(20_000 - ArrivalSchedule.backlogMax))
    }
}
