// SPDX-License-Identifier: Apache-2.0
package import Foundation
import Glibc
import Synchronization

/// A real program that runs beside the tests: its output in a file, its end certain.
///
/// The kernel kills it when the test process dies; `Lab` stops it when the scenario is over.
package final class Program: Sendable {
    package let name: String
    package let outputFile: URL
    package let pid: pid_t
    private let child: Child
    private let input: FileHandle?

    /// The executable is looked up in `PATH` and Debian's `sbin` folders unless it has a slash.
    package init(
        _ name: String, _ arguments: [String], environment: [String: String] = [:],
        workingDirectory: URL, outputFile: URL, takesInput: Bool = false
    ) throws {
        self.name = name
        self.outputFile = outputFile
        try Data().write(to: outputFile)
        let output = try FileHandle(forWritingTo: outputFile)
        defer { try? output.close() }
        let pipe = takesInput ? Pipe() : nil
        input = pipe?.fileHandleForWriting
        let source = pipe?.fileHandleForReading
        defer { try? source?.close() }
        let executable = try Self.find(name)
        child = try Spawner.shared.perform {
            try Child(
                "/usr/bin/setpriv", ["--pdeathsig", "KILL", executable] + arguments,
                environment: ProcessInfo.processInfo.environment.merging(environment) { $1 },
                workingDirectory: workingDirectory, input: source?.fileDescriptor,
                output: output.fileDescriptor, error: output.fileDescriptor)
        }
        pid = child.pid
    }

    package var isRunning: Bool { child.status == nil }

    /// What the program has written so far, both streams.
    package var output: String {
        (try? Data(contentsOf: outputFile)).map { String(decoding: $0, as: UTF8.self) } ?? ""
    }

    package func send(_ signal: CInt) {
        child.send(signal)
    }

    package func write(_ text: String) throws {
        try input?.write(contentsOf: Data(text.utf8))
    }

    package func closeInput() throws {
        try input?.close()
    }

    /// Waits for the program's own end; past the deadline it is killed and the call throws.
    @discardableResult
    package func finished(within deadline: Duration = .seconds(180)) async throws -> CInt {
        let limit = ContinuousClock.now + deadline
        while true {
            if let status = child.status { return status }
            guard ContinuousClock.now < limit else {
                send(SIGKILL)
                throw ScenarioError(
                    "\(name) did not end within \(deadline): \(output.suffix(2000))")
            }
            try await Task.sleep(for: .milliseconds(5))
        }
    }

    /// Asks it to end, and kills it when it has not after two seconds.
    package func stop() async {
        send(SIGTERM)
        if (try? await finished(within: .seconds(2))) == nil {
            _ = try? await finished(within: .seconds(5))
        }
    }

    /// Ends it at once, as a crash would, and waits until it is gone.
    package func crash() async {
        send(SIGKILL)
        _ = try? await finished(within: .seconds(5))
    }

    /// Kilobytes that it has in memory now.
    package var residentKilobytes: Int { status("VmRSS:") }

    /// The most kilobytes that it ever had in memory.
    package var residentPeakKilobytes: Int { status("VmHWM:") }

    private func status(_ key: String) -> Int {
        let status = (try? String(contentsOfFile: "/proc/\(pid)/status", encoding: .utf8)) ?? ""
        let line = status.split(separator: "\n").first { $0.hasPrefix(key) }
        return line.flatMap { Int($0.split(separator: " ").dropLast().last ?? "") } ?? 0
    }

    /// Ticks of the clock that it has kept a processor busy.
    package var processorTicks: Int {
        let stat = (try? String(contentsOfFile: "/proc/\(pid)/stat", encoding: .utf8)) ?? ""
        let fields = stat.split(separator: " ")
        guard fields.count > 14, let user = Int(fields[13]), let system = Int(fields[14]) else {
            return 0
        }
        return user + system
    }

    /// Descriptors that it has open now.
    package var openDescriptors: Int {
        (try? FileManager.default.contentsOfDirectory(atPath: "/proc/\(pid)/fd").count) ?? 0
    }

    package static func isInstalled(_ name: String) -> Bool {
        (try? find(name)) != nil
    }

    private static func find(_ name: String) throws -> String {
        if name.contains("/") { return name }
        let path = ProcessInfo.processInfo.environment["PATH"] ?? ""
        let folders = path.split(separator: ":").map(String.init) + ["/usr/sbin", "/sbin"]
        for folder in folders {
            let candidate = "\(folder)/\(name)"
            if FileManager.default.isExecutableFile(atPath: candidate) { return candidate }
        }
        throw ScenarioError("\(name) is not installed: see Tests/run")
    }
}

/// What kept a scenario from being played.
package struct ScenarioError: Error, CustomStringConvertible {
    package let description: String
    package init(_ description: String) { self.description = description }
}
