// SPDX-License-Identifier: Apache-2.0
package import Foundation
import Synchronization

/// One scenario's programs and files. When the scenario is over, however it ends, so are they.
package final class Lab: Sendable {
    /// The scenario's own folder; kept after it for whoever looks into a failure.
    package let directory: URL
    private let programs = Mutex<[Program]>([])
    private let started = Mutex(0)

    /// Plays a scenario and stops what it started, the last first.
    package static func play(
        _ name: String = #function, _ scenario: (Lab) async throws -> Void
    ) async throws {
        let lab = try Lab(name)
        do {
            try await scenario(lab)
        } catch {
            let evidence = lab.evidence
            await lab.stopAll()
            throw ScenarioError("\(error)\n\(evidence)")
        }
        await lab.stopAll()
    }

    private init(_ name: String) throws {
        let folder = name.prefix(80).map { $0.isLetter || $0.isNumber ? $0 : "-" }
        directory = Repository.build.appendingPathComponent("scenarios")
            .appendingPathComponent(String(folder))
        try? FileManager.default.removeItem(at: directory)
        try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
    }

    /// A path in the scenario's folder.
    package func path(_ relative: String) -> String {
        directory.appendingPathComponent(relative).path
    }

    /// Writes a file in the scenario's folder, and its folders, and says where.
    @discardableResult
    package func write(_ text: String, to relative: String) throws -> String {
        let url = directory.appendingPathComponent(relative)
        try FileManager.default.createDirectory(
            at: url.deletingLastPathComponent(), withIntermediateDirectories: true)
        try Data(text.utf8).write(to: url)
        return url.path
    }

    package func makeDirectory(_ relative: String) throws -> String {
        let url = directory.appendingPathComponent(relative)
        try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
        return url.path
    }

    /// Starts a program that is stopped with the scenario.
    package func start(
        _ name: String, _ arguments: [String], environment: [String: String] = [:],
        takesInput: Bool = false
    ) throws -> Program {
        let number = started.withLock { count in
            count += 1
            return count
        }
        let label = name.split(separator: "/").last ?? "program"
        let program = try Program(
            name, arguments, environment: environment, workingDirectory: directory,
            outputFile: directory.appendingPathComponent("\(number)-\(label).log"),
            takesInput: takesInput)
        programs.withLock { $0.append(program) }
        return program
    }

    /// Runs a program to its end.
    package func run(
        _ name: String, _ arguments: [String], environment: [String: String] = [:],
        input: String? = nil, within deadline: Duration = .seconds(180)
    ) async throws -> (status: CInt, output: String) {
        let program = try start(
            name, arguments, environment: environment, takesInput: input != nil)
        if let input {
            try program.write(input)
            try program.closeInput()
        }
        let status = try await program.finished(within: deadline)
        programs.withLock { $0.removeAll { $0 === program } }
        return (status, program.output)
    }

    /// The end of each running or ended program's output: the comment of a failed expectation.
    package var evidence: String {
        programs.withLock { programs in
            programs.map { "--- \($0.name) (\($0.outputFile.path))\n\($0.output.suffix(3000))" }
                .joined(separator: "\n")
        }
    }

    private func stopAll() async {
        for program in programs.withLock({ $0 }).reversed() { await program.stop() }
    }
}

/// Waits until a condition holds; a guard against hanging, not a measurement.
package func eventually(
    within deadline: Duration = .seconds(90), _ what: String,
    _ condition: () async throws -> Bool
) async throws {
    let limit = ContinuousClock.now + deadline
    while try await !condition() {
        guard ContinuousClock.now < limit else {
            throw ScenarioError("waited \(deadline) in vain: \(what)")
        }
        try await Task.sleep(for: .milliseconds(20))
    }
}

/// Where the repository's parts are.
package enum Repository {
    package static let root = URL(fileURLWithPath: #filePath)
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
    package static let build = root.appendingPathComponent(".build")

    /// A script of the scenarios' clients and servers.
    package static func client(_ name: String) -> String {
        root.appendingPathComponent("Tests/ScenarioTests/Clients/\(name)").path
    }

    /// A program built together with the running tests: it lies beside their bundle.
    package static func product(_ name: String) -> String {
        let tests = (try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe"))
            .map { URL(fileURLWithPath: $0).deletingLastPathComponent() }
        let beside = tests?.appendingPathComponent(name).path ?? ""
        if FileManager.default.isExecutableFile(atPath: beside) { return beside }
        return build.appendingPathComponent("debug").appendingPathComponent(name).path
    }
}
