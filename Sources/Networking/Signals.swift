// SPDX-License-Identifier: Apache-2.0
import CLinux
import Glibc

/// A signal that this process handles, as an event of a loop.
package enum ProcessSignal: CaseIterable, Sendable {
    /// SIGHUP: read the configuration again.
    case hangUp
    /// SIGINT: Ctrl-C.
    case interrupt
    /// SIGTERM: end in good order.
    case terminate

    fileprivate var number: CInt {
        switch self {
        case .hangUp: SIGHUP
        case .interrupt: SIGINT
        case .terminate: SIGTERM
        }
    }
}

/// Signals of the process, delivered on a loop through a signalfd.
///
/// A blocked signal stays pending until it is read, and threads inherit what is blocked: call
/// `block` before the first thread starts.
package final class Signals: EpollHandler {
    private let descriptor: CInt
    private let loop: EventLoop
    private let arrived: (ProcessSignal) -> Void

    /// Keeps the signals from ending the process, for this thread and those it starts; ignores
    /// SIGPIPE, which a write to a closed pipe would send.
    package static func block() {
        signal(SIGPIPE, SIG_IGN)
        var set = handled
        pthread_sigmask(SIG_BLOCK, &set, nil)
    }

    /// Calls `arrived` on the loop for each signal. On the loop.
    package init(
        on loop: EventLoop, arrived: @escaping (ProcessSignal) -> Void
    ) throws(SystemError) {
        loop.preconditionCurrent()
        self.loop = loop
        self.arrived = arrived
        var set = Self.handled
        descriptor = signalfd(-1, &set, CInt(SFD_CLOEXEC | SFD_NONBLOCK))
        guard descriptor >= 0 else { throw .last("watch for signals") }
        try loop.epoll.add(descriptor, for: .readable, handler: self)
    }

    /// Stops watching; the signals stay blocked. On the loop.
    package func close() {
        loop.epoll.remove(descriptor)
        Glibc.close(descriptor)
    }

    func ready(_ readiness: Readiness) {
        var information = signalfd_siginfo()
        let size = MemoryLayout<signalfd_siginfo>.size
        while read(descriptor, &information, size) == size {
            for handled in ProcessSignal.allCases
            where handled.number == CInt(information.ssi_signo) {
                arrived(handled)
            }
        }
    }

    private static var handled: sigset_t {
        var set = sigset_t()
        sigemptyset(&set)
        for signal in ProcessSignal.allCases { sigaddset(&set, signal.number) }
        return set
    }
}

/// The limit on open descriptors.
package enum DescriptorLimit {
    /// Raises the soft limit to the hard one; answers what it is then.
    package static func raise() -> Int {
        var limit = rlimit()
        getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
        if limit.rlim_cur < limit.rlim_max {
            limit.rlim_cur = limit.rlim_max
            setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
        }
        return Int(clamping: limit.rlim_cur)
    }
}
