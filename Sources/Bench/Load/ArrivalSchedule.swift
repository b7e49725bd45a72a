// SPDX-License-Identifier: Apache-2.0
package import Networking

/// When the operations of an open loop are to begin: one every 1/rate seconds, whatever became of those
/// before. Threads share a schedule: each takes every so-manieth operation.
///
/// It sees no clock.
package struct ArrivalSchedule: Sendable {
    private let beginning: Instant
    private let rate: Double
    private let stride: Int
    private let end: Instant
    private let count: Int
    /// The operation that is next, counted over all threads.
    private var index: Int

    /// Operations that were due and dropped, because more waited than `backlogMax`, or still waited at
    /// the end.
    package private(set) var missed = 0

    /// What there is to begin.
    package enum Next: Equatable {
        /// This one was to begin then, now or earlier.
        case due(Instant)
        /// The next one comes at this moment.
        case notBefore(Instant)
        case over
    }

    /// The operations of `thread` of `threads` that begin before `end`, and `count` at most over all.
    package init(
        rate: Double, thread: Int, of threads: Int, from beginning: Instant, to end: Instant,
        count: Int = .max
    ) {
        self.beginning = beginning
        self.rate = rate
        stride = threads
        index = thread
        self.end = end
        self.count = count
    }

    /// Takes the earliest operation that is due. At the end those that still wait are missed.
    package mutating func take(at now: Instant) -> Next {
        guard now < end else {
            drop(waiting(at: end))
            return .over
        }
        // Whoever asked for a number of operations gets them all.
        if count == .max { drop(waiting(at: now) - Self.backlogMax / stride) }
        let moment = moment(of: index)
        guard index < count, moment < end else { return .over }
        guard moment <= now else { return .notBefore(moment) }
        index += stride
        return .due(moment)
    }

    private mutating func drop(_ excess: Int) {
        guard excess > 0 else { return }
        missed += excess
        index += excess * stride
    }

    /// How many are due and not taken.
    private func waiting(at now: Instant) -> Int {
        guard now >= beginning else { return 0 }
        let passed = Double(now.nanoseconds - beginning.nanoseconds) / 1e9 * rate
        let due = min(Int(passed) + (now < end || passed != passed.rounded() ? 1 : 0), count)
        return max(0, (due - index + stride - 1) / stride)
    }

    private func moment(of index: Int) -> Instant {
        beginning + .nanoseconds(Int64((Double(index) / rate * 1e9).rounded()))
    }

    /// Operations that may wait for a free connection, over all threads.
    package static let backlogMax = 10_000
}
