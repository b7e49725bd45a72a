// SPDX-License-Identifier: Apache-2.0

/// What the command line asks for.
enum Invocation: Equatable {
    case bench(BenchInvocation)
    case check(file: String)
    case demo(DemoLength)
    case diagnose(domain: String, file: String, DiagnosisFormat)
    case help
    case manage(ManageInvocation)
    case run(file: String)
    case version

    enum DemoLength { case once, untilInterrupted }
    enum DiagnosisFormat { case text, json }

    /// Whether the command ends when a signal says so, in its own way.
    var lastsUntilSignalled: Bool {
        switch self {
        case .bench(.handshake), .demo, .run: true
        case .bench, .check, .diagnose, .help, .manage, .version: false
        }
    }

    /// Reads the words after the program's name.
    init(_ words: [String]) throws(UsageError) {
        guard let command = words.first else { throw UsageError(sentence: "no command was given") }
        if command == "bench" {
            self = .bench(try BenchInvocation(words.dropFirst()))
            return
        }
        if ManageInvocation.resources.contains(command) {
            self = .manage(try ManageInvocation(command, words.dropFirst()))
            return
        }
        var arguments = Arguments(command: command, words: words.dropFirst())
        if arguments.asksForHelp {
            self = .help
            return
        }
        switch command {
        case "check": self = .check(file: try arguments.takeConfig())
        case "demo": self = .demo(arguments.take("--once") ? .once : .untilInterrupted)
        case "diagnose":
            let file = try arguments.takeConfig()
            let format: DiagnosisFormat = arguments.take("--json") ? .json : .text
            self = .diagnose(domain: try arguments.takeWord("DOMAIN"), file: file, format)
        case "help", "--help", "-h": self = .help
        case "run": self = .run(file: try arguments.takeConfig())
        case "version", "--version": self = .version
        default:
            let advice = Spelling.nearest(to: command, among: Usage.commands)
                .map { "; did you mean \"\($0)\"?" }
            throw UsageError(
                sentence: "there is no command \(JSON5Value.quoted(command))\(advice ?? "")")
        }
        try arguments.requireEmpty()
    }
}

/// A command line that cannot be understood.
struct UsageError: Error, Equatable {
    let sentence: String
    /// How it is right, to be shown after the sentence; nil when `nameplate help` has it.
    var usage: String?
}

/// The words after a command, taken one by one.
private struct Arguments {
    let command: String
    var words: ArraySlice<String>

    var asksForHelp: Bool { words.contains("--help") || words.contains("-h") }

    /// Whether the flag is there.
    mutating func take(_ flag: String) -> Bool {
        guard let index = words.firstIndex(of: flag) else { return false }
        words.remove(at: index)
        return true
    }

    /// The value of `--config FILE` or `--config=FILE`, or the default.
    mutating func takeConfig() throws(UsageError) -> String {
        if let index = words.firstIndex(where: { $0.hasPrefix("--config=") }) {
            return String(words.remove(at: index).dropFirst("--config=".count))
        }
        guard let index = words.firstIndex(of: "--config") else { return Configuration.defaultFile }
        guard index + 1 < words.endIndex else {
            throw UsageError(sentence: "--config wants the path of a file after it")
        }
        defer { words.removeSubrange(index...index + 1) }
        return words[index + 1]
    }

    mutating func takeWord(_ what: String) throws(UsageError) -> String {
        guard let index = words.firstIndex(where: { !$0.hasPrefix("-") }) else {
            throw UsageError(sentence: "\(command) wants a \(what) after it")
        }
        return words.remove(at: index)
    }

    func requireEmpty() throws(UsageError) {
        guard let word = words.first else { return }
        throw UsageError(sentence: "\(command) does not know \(JSON5Value.quoted(word))")
    }
}
