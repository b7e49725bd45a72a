// SPDX-License-Identifier: Apache-2.0
import Bench

/// What `nameplate bench floor …` is to do.
struct FloorOptions: Equatable {
    var plan = FloorPlan()
    var format = BenchOptions.Format.text

    init() {}

    /// Reads the words after `bench floor`.
    init(_ words: some Sequence<String>) throws(UsageError) {
        let words = try CommandWords<FloorOption>(words, of: "bench floor")
        if let word = words.operands.first {
            throw UsageError(sentence: "bench floor does not know \(JSON5Value.quoted(word))")
        }
        try words.forbid(.duration, with: .count)
        for given in words.options { try take(given) }
    }

    private mutating func take(_ given: GivenOption<FloorOption>) throws(UsageError) {
        switch given.option {
        case .count: plan.extent = .count(try given.integer(1...10_000_000))
        case .duration:
            plan.extent = .duration(try given.duration(.milliseconds(1) ... .seconds(3600)))
        case .json: format = .json
        case .rounds: plan.rounds = try given.integer(1...1000)
        case .threads: plan.threads = try given.integer(1...64)
        }
    }
}

/// The options of `nameplate bench floor`.
enum FloorOption: String, CommandOption {
    case count = "--count"
    case duration = "--duration"
    case json = "--json"
    case rounds = "--rounds"
    case threads = "--threads"

    var argument: OptionArgument {
        switch self {
        case .json: .none
        case .duration: .required("a duration, as in \"10s\",")
        case .count, .rounds, .threads: .required("a number")
        }
    }

    var isRepeatable: Bool { false }
}
