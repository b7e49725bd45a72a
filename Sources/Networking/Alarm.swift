// SPDX-License-Identifier: Apache-2.0
import CLinux
import Glibc

/// Something that a loop does at a moment, to within some microseconds: a `Timer` is as exact as
/// epoll's milliseconds. Costs a descriptor, and a system call each time it is set. On its loop only.
package final class Alarm: EpollHandler {
    private let descriptor: CInt
    private let loop: EventLoop
    private let action: () -> Void

    /// Calls `action` on the loop whenever it goes off.
    package init(on loop: EventLoop, _ action: @escaping () -> Void) throws(SystemError) {
        loop.preconditionCurrent()
        self.loop = loop
        self.action = action
        descriptor = timerfd_create(CLOCK_MONOTONIC, CInt(TFD_CLOEXEC | TFD_NONBLOCK))
        guard descriptor >= 0 else { throw .last("create a timer") }
        do {
            try loop.epoll.add(descriptor, for: [.readable, .edgeTriggered], handler: self)
        } catch {
            Glibc.close(descriptor)
            throw error
        }
    }

    /// Sets it, or moves it, to `moment`; one that has passed is met at once.
    package func set(to moment: Instant) {
        let nanoseconds = max(moment.nanoseconds, 1)
        var time = itimerspec()
        time.it_value.tv_sec = time_t(nanoseconds / 1_000_000_000)
        time.it_value.tv_nsec = Int(nanoseconds % 1_000_000_000)
        timerfd_settime(descriptor, CInt(TFD_TIMER_ABSTIME), &time, nil)
    }

    /// Ends it; nothing happens any more.
    package func close() {
        loop.epoll.remove(descriptor)
        Glibc.close(descriptor)
    }

    /// Edge-triggered: going off again is a new edge, so the counter need not be read.
    func ready(_ readiness: Readiness) {
        action()
    }
}
