// SPDX-License-Identifier: Apache-2.0

/// A moment that bounds waits, and the timer that watches it.
///
/// The timer fires at the deadline or before: one that fires early only looks again, so that moving a
/// deadline further away costs nothing.
struct LazyDeadline {
    /// nil waits without end.
    var moment: Instant?
    private var timer: Timer?
    private var armed = Instant.distantFuture

    /// Makes sure that `action` is called when the deadline is over; the action asks `isDue`.
    mutating func arm(on loop: EventLoop, _ action: @escaping () -> Void) {
        guard let moment, moment < armed else { return }
        let timer = timer ?? Timer(on: loop, action)
        self.timer = timer
        armed = moment
        timer.arm(at: moment)
    }

    /// Whether the deadline is over, asked when the timer has fired. When not, it is to be armed anew.
    mutating func isDue(at now: Instant) -> Bool {
        armed = .distantFuture
        return moment.map { $0 <= now } ?? false
    }

    /// Ends the watching, for good.
    func end() {
        timer?.cancel()
    }

    /// Ends the watching.
    mutating func cancel() {
        end()
        timer = nil
        armed = .distantFuture
    }
}
