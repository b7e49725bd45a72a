// SPDX-License-Identifier: Apache-2.0

/// What `nameplate domains`, `certificates` or `events` are asked for.
enum ManageInvocation: Equatable {
    case help
    case operation(ManageOperation, ManageTarget, ManageFormat)

    static let resources = ["certificates", "domains", "events"]

    /// Reads the words after the resource's name.
    init(_ resource: String, _ words: ArraySlice<String>) throws(UsageError) {
        if words.isEmpty || words.contains("--help") || words.contains("-h") {
            self = .help
            return
        }
        let actions = ManageAction.all.filter { $0.resource == resource }
        let word = words.first ?? ""
        guard let action = actions.first(where: { $0.word == word }) else {
            let advice = Spelling.nearest(to: word, among: actions.map(\.word))
                .map { "; did you mean \"\($0)\"?" }
            throw UsageError(
                sentence: "\(resource) does not know \(JSON5Value.quoted(word))\(advice ?? "")",
                usage: ManageUsage.text)
        }
        let given = try CommandWords<ManageOption>(
            words.dropFirst(), of: "\(resource) \(action.word)")
        try action.check(given)
        self = .operation(
            try action.operation(given), ManageTarget(given),
            given.contains(.json) ? .json : .text)
    }
}

/// How answers are shown: a line of values with tabs between, or a JSON object a line.
enum ManageFormat { case text, json }

/// Where the API is, and as whom it is called.
struct ManageTarget: Equatable {
    /// The configuration of a Nameplate on this machine.
    var file: String
    /// In the place of it.
    var url: String?
    /// Which of the configuration's clients; nil: the first that will do.
    var client: String?
    /// The roots that its certificate is checked with; nil: the system's.
    var roots: String?

    init(_ words: CommandWords<ManageOption>) {
        file = words.text(.config) ?? Configuration.defaultFile
        url = words.text(.url)
        client = words.text(.client)
        roots = words.text(.trustedRoots)
    }
}

extension CommandWords<ManageOption> {
    func text(_ option: ManageOption) -> String? {
        options.first { $0.option == option }?.text
    }

    func texts(_ option: ManageOption) -> [String] {
        options.filter { $0.option == option }.map(\.text)
    }
}
