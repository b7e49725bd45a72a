// SPDX-License-Identifier: Apache-2.0

/// An option of a command, `--name`, `--name VALUE` or `--name=VALUE`.
protocol CommandOption: RawRepresentable<String>, CaseIterable, Hashable {
    /// What comes after its name.
    var argument: OptionArgument { get }
    /// Whether it may be given more than once.
    var isRepeatable: Bool { get }
}

/// What comes after the name of an option.
enum OptionArgument {
    case none
    /// A value; the words say what, as in "--rate wants …".
    case required(String)
    /// The next word, if it looks like a value. After `=` anything is one.
    case optional(looksLikeIt: (String) -> Bool)
}

/// An option as it was given.
struct GivenOption<Option: CommandOption> {
    let option: Option
    let value: String?

    /// The value of an option that requires one.
    var text: String { value ?? "" }

    /// An error about the value, which is shown.
    func wrong(_ wanted: String) -> UsageError {
        UsageError(
            sentence: "\(option.rawValue) wants \(wanted), found \(JSON5Value.quoted(text))")
    }

    func integer(_ range: ClosedRange<Int>) throws(UsageError) -> Int {
        guard let number = Int(text), range.contains(number) else {
            throw wrong("a number from \(range.lowerBound) to \(range.upperBound)")
        }
        return number
    }

    func duration(_ range: ClosedRange<Duration>) throws(UsageError) -> Duration {
        guard let duration = DurationText.parse(text), range.contains(duration) else {
            let (low, high) = (range.lowerBound, range.upperBound)
            throw wrong(
                "a duration from \(DurationText.text(low)) to \(DurationText.text(high)) "
                    + "with a unit, as in \"10s\"")
        }
        return duration
    }

    /// Colon-separated names for libssl, which knows better than we do which ones there are.
    func list() throws(UsageError) -> String {
        let isPlain = text.utf8.allSatisfy { (0x21...0x7E).contains($0) }
        guard !text.isEmpty, isPlain else { throw wrong("names with colons between them") }
        return text
    }
}

/// A command line taken apart: the options in their order, and the words that belong to none.
struct CommandWords<Option: CommandOption> {
    private(set) var options: [GivenOption<Option>] = []
    private(set) var operands: [String] = []

    init(_ words: some Sequence<String>, of command: String) throws(UsageError) {
        var rest = Array(words)[...]
        while let word = rest.popFirst() {
            guard word.hasPrefix("-"), word.count > 1 else {
                operands.append(word)
                continue
            }
            let parts = word.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            let name = String(parts[0])
            guard let option = Option(rawValue: name) else { throw Self.unknown(name, command) }
            if !option.isRepeatable, options.contains(where: { $0.option == option }) {
                throw UsageError(sentence: "\(name) is given twice")
            }
            var value = parts.count == 2 ? String(parts[1]) : nil
            switch option.argument {
            case .none:
                guard value == nil else { throw UsageError(sentence: "\(name) takes no value") }
            case .required(let what):
                if value == nil { value = rest.popFirst() }
                guard value != nil else {
                    throw UsageError(sentence: "\(name) wants \(what) after it")
                }
            case .optional(let looksLikeIt):
                if value == nil, let next = rest.first, looksLikeIt(next) {
                    value = rest.popFirst()
                }
            }
            options.append(GivenOption(option: option, value: value))
        }
    }

    private static func unknown(_ name: String, _ command: String) -> UsageError {
        let nearest = Spelling.nearest(to: name, among: Option.allCases.map(\.rawValue))
        let advice = nearest.map { "; did you mean \"\($0)\"?" } ?? ""
        return UsageError(
            sentence: "\(command) does not know \(JSON5Value.quoted(name))\(advice)")
    }

    /// Whether an option was given.
    func contains(_ option: Option) -> Bool {
        options.contains { $0.option == option }
    }

    /// Throws when both were given.
    func forbid(_ first: Option, with second: Option) throws(UsageError) {
        guard contains(first), contains(second) else { return }
        throw UsageError(
            sentence: "\(first.rawValue) and \(second.rawValue) do not go together")
    }

    /// Throws when the first was given without the second.
    func require(_ second: Option, for first: Option) throws(UsageError) {
        guard contains(first), !contains(second) else { return }
        throw UsageError(sentence: "\(first.rawValue) makes sense with \(second.rawValue) only")
    }
}
