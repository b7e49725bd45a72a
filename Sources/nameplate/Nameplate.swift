// SPDX-License-Identifier: Apache-2.0
import Foundation
import Glibc

import Networking

/// The program: reads the command line, hands over to the command, ends with its status.
@main
enum Nameplate {
    /// Not `async`: the main thread of an asynchronous `main` waits with no signal blocked.
    static func main() {
        let invocation: Invocation
        do throws(UsageError) {
            invocation = try Invocation(Array(CommandLine.arguments.dropFirst()))
        } catch {
            end(error.print())
        }
        if invocation.lastsUntilSignalled { Signals.block() }
        // Detached, because this thread serves nobody: not the main actor either.
        Task.detached { end(await run(invocation)) }
        while true { pause() }
    }

    /// Ends at once: loops may still run, and `exit` would have libssl free what they use.
    private static func end(_ status: ExitStatus) -> Never {
        _exit(status.rawValue)
    }

    private static func run(_ invocation: Invocation) async -> ExitStatus {
        switch invocation {
        case .bench(.floor(let options)): await FloorCommand.run(options)
        case .bench(.handshake(let options)): await BenchCommand.run(options)
        case .bench(.help): Output.line(BenchUsage.text)
        case .check(let file): CheckCommand.run(file: file)
        case .demo(let length): await DemoCommand.run(length)
        case .diagnose(let domain, let file, let format):
            await DiagnoseCommand.run(domain: domain, file: file, format)
        case .help:
            Output.line(Usage.text)
        case .manage(.help): Output.line(ManageUsage.text)
        case .manage(.operation(let operation, let target, let format)):
            await ManageCommand.run(operation, target, format)
        case .run(let file): await RunCommand.run(file: file)
        case .version: VersionCommand.run()
        }
    }
}

extension UsageError {
    /// The sentence, and where to read on.
    func print() -> ExitStatus {
        if let usage {
            Output.error("\(sentence)\n\(usage)")
        } else {
            Output.error("\(sentence); `nameplate help` shows what there is")
        }
        return .usage
    }
}

/// How the program ends.
enum ExitStatus: Int32 {
    case done = 0
    case failed = 1
    case usage = 2
    /// What was to be asked cannot be reached, or cannot answer now.
    case unreachable = 3
    /// What is left of what was asked for; the rest is lost.
    case incomplete = 4
}

/// What commands say to the person or program that called them.
enum Output {
    /// To standard output. Nobody is left to tell when that is closed.
    @discardableResult
    static func line(_ text: String) -> ExitStatus {
        try? FileHandle.standardOutput.write(contentsOf: Data((text + "\n").utf8))
        return .done
    }

    /// To standard output, as they are.
    static func bytes(_ bytes: [UInt8]) -> ExitStatus {
        do {
            try FileHandle.standardOutput.write(contentsOf: Data(bytes))
            return .done
        } catch {
            return Output.error("cannot write to standard output")
        }
    }

    /// To standard error, after the program's name.
    @discardableResult
    static func error(_ sentence: String) -> ExitStatus {
        try? FileHandle.standardError.write(contentsOf: Data("nameplate: \(sentence)\n".utf8))
        return .failed
    }

    /// How far it is, in one line of standard error that the next one replaces; for a terminal.
    static func progress(_ line: String) {
        // Back to the beginning of the line, and away with what was longer before.
        try? FileHandle.standardError.write(contentsOf: Data("\r\(line)\u{1B}[K".utf8))
    }
}
