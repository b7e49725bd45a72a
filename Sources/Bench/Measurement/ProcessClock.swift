// SPDX-License-Identifier: Apache-2.0
package import Networking

/// The CPU time of a server: of a process, its threads and all its descendants, ended ones too.
///
/// Descendants are those that `/proc` shows below it now, and those of the past that were waited
/// for, whose time the kernel keeps with the parent, in ticks of ten milliseconds. Lost is the time of one
/// whose parent ignores SIGCHLD, and of one that was left by its parent and so is nobody's descendant.
package struct ProcessClock: Sendable {
    package let pid: Int32

    /// Throws when there is no such process.
    package init(pid: Int32) throws(ProcessClockError) {
        guard CPUClock.time(ofProcess: pid) != nil else { throw .noProcess(pid) }
        self.pid = pid
    }

    /// What all of them have used since they began. It reads the whole of `/proc`: some ten
    /// milliseconds on a busy machine, so at the ends of a measurement and not within.
    ///
    /// Throws when the process is gone; descendants may come and go while this reads.
    package func cpuTime() throws(ProcessClockError) -> Duration {
        // Who is waited for while we read has moved from one number to another: read again.
        for _ in 0..<Self.attemptsMax {
            let before = try reading()
            let after = try reading()
            if before.waitedFor == after.waitedFor, before.members == after.members {
                return after.time
            }
        }
        return try reading().time
    }

    private struct Reading {
        var time: Duration = .zero
        var waitedFor: Duration = .zero
        var members: Set<Int32> = []
    }

    private func reading() throws(ProcessClockError) -> Reading {
        let processes = try ProcessStatus.all()
        var reading = Reading()
        var open = [pid]
        while let next = open.popLast() {
            guard let status = processes.status[next], reading.members.insert(next).inserted else {
                continue
            }
            reading.waitedFor += status.timeOfEndedChildren
            reading.time += CPUClock.time(ofProcess: next) ?? .zero
            open += processes.children[next] ?? []
        }
        guard reading.members.contains(pid) else { throw .noProcess(pid) }
        reading.time += reading.waitedFor
        return reading
    }

    private static let attemptsMax = 5
}

/// Why a process has no clock.
package enum ProcessClockError: Error, Equatable, CustomStringConvertible {
    case noProcess(Int32)
    case noProcessFiles(SystemError)

    package var description: String {
        switch self {
        case .noProcess(let pid): "there is no process \(pid)"
        case .noProcessFiles(let error): "cannot read the processes' CPU times: \(error)"
        }
    }
}
