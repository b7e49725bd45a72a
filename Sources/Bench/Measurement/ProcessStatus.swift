// SPDX-License-Identifier: Apache-2.0
import Networking

/// What `/proc/PID/stat` says of a process (proc_pid_stat(5)), as far as its CPU time goes.
struct ProcessStatus: Equatable {
    let parent: Int32
    /// Of children that ended and were waited for, and of theirs.
    let timeOfEndedChildren: Duration

    /// nil when `text` is no such line.
    init?(_ text: String) {
        // The command's name is in parentheses and may have any character, parentheses too.
        guard let nameEnd = text.lastIndex(of: ")") else { return nil }
        let fields = text[text.index(after: nameEnd)...].split(whereSeparator: \.isWhitespace)
        guard fields.count > Field.childrenSystemTime.rawValue,
            let parent = Int32(fields[Field.parent.rawValue]),
            let user = Int64(fields[Field.childrenUserTime.rawValue]),
            let system = Int64(fields[Field.childrenSystemTime.rawValue])
        else { return nil }
        self.parent = parent
        timeOfEndedChildren = .milliseconds((user + system) * Self.tickMilliseconds)
    }

    /// Where a field is, counted from the one after the name.
    private enum Field: Int {
        case parent = 1
        case childrenUserTime = 13
        case childrenSystemTime = 14
    }

    /// USER_HZ is 100 on every architecture that we run on.
    private static let tickMilliseconds: Int64 = 10

    /// All processes that we may see, and who is whose child. One that ends meanwhile is left out.
    static func all() throws(ProcessClockError) -> (
        status: [Int32: ProcessStatus], children: [Int32: [Int32]]
    ) {
        var all: [Int32: ProcessStatus] = [:]
        var children: [Int32: [Int32]] = [:]
        do {
            let processes = try Directory("/proc")
            for name in try processes.names() {
                guard let pid = Int32(name),
                    let line = try? processes.contents(of: "\(name)/stat", limit: 4096),
                    let status = ProcessStatus(String(decoding: line, as: UTF8.self))
                else { continue }
                all[pid] = status
                children[status.parent, default: []].append(pid)
            }
        } catch {
            throw .noProcessFiles(error)
        }
        return (all, children)
    }
}
