// SPDX-License-Identifier: Apache-2.0

/// `nameplate check`: is the configuration valid?
enum CheckCommand {
    static func run(file: String) -> ExitStatus {
        do throws(ConfigurationProblems) {
            let configuration = try Configuration.read(file: file)
            for remark in configuration.remarks { Output.error("\(file): \(remark)") }
            return Output.line("\(file) is valid")
        } catch {
            return error.print()
        }
    }
}

extension ConfigurationProblems {
    /// One sentence a mistake.
    func print() -> ExitStatus {
        for problem in problems { Output.error(problem.text(file: file)) }
        return .failed
    }
}
