// SPDX-License-Identifier: Apache-2.0

/// One mistake in the configuration: which key, what was expected, what stands there.
struct ConfigurationProblem: Error, Equatable, Sendable {
    /// The line of the file; nil when no single line is to blame.
    var line: Int?
    /// `listen.https[0]`; empty when the whole file is meant.
    var keyPath: String
    /// "expected …, found …".
    var sentence: String

    /// `conf/nameplate.json5:12: listen.https[0]: expected …, found …`.
    func text(file: String) -> String {
        var place = file
        if let line { place += ":\(line)" }
        return keyPath.isEmpty ? "\(place): \(sentence)" : "\(place): \(keyPath): \(sentence)"
    }
}

/// Every mistake found in one reading of one file.
struct ConfigurationProblems: Error, Sendable, CustomStringConvertible {
    var file: String
    var problems: [ConfigurationProblem]

    /// One sentence a line.
    var description: String { problems.map { $0.text(file: file) }.joined(separator: "\n") }
}
