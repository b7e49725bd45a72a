// SPDX-License-Identifier: Apache-2.0
import CLinux
import Glibc

/// CPU time, user and system together, as the scheduler counts it: in nanoseconds, where `/proc` has
/// ticks of ten milliseconds.
package enum CPUClock {
    /// Of the calling thread. A system call, some 200 ns.
    package static var thread: Duration {
        read(CLOCK_THREAD_CPUTIME_ID) ?? .zero
    }

    /// Of this process, all its threads, ended ones too.
    package static var process: Duration {
        read(CLOCK_PROCESS_CPUTIME_ID) ?? .zero
    }

    /// Of any process, all its threads, ended ones too, but not its children; nil when there is
    /// none of that number. A zombie still has what it used.
    package static func time(ofProcess pid: Int32) -> Duration? {
        var clock = clockid_t()
        // The number of a clock holds a pid in 29 bits and would take a greater one for another.
        guard (1...pidMax).contains(pid), clock_getcpuclockid(pid, &clock) == 0 else { return nil }
        return read(clock)
    }

    /// The kernel's own limit, PID_MAX_LIMIT.
    private static let pidMax: Int32 = 1 << 22

    private static func read(_ clock: clockid_t) -> Duration? {
        var time = timespec()
        guard clock_gettime(clock, &time) == 0 else { return nil }
        return .seconds(time.tv_sec) + .nanoseconds(time.tv_nsec)
    }
}
