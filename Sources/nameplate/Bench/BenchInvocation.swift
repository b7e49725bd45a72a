// SPDX-License-Identifier: Apache-2.0

/// What `nameplate bench …` asks for.
enum BenchInvocation: Equatable {
    case floor(FloorOptions)
    case handshake(BenchOptions)
    case help

    /// Reads the words after `bench`.
    init(_ words: ArraySlice<String>) throws(UsageError) {
        do {
            self = try Self.read(words)
        } catch {
            throw UsageError(sentence: error.sentence, usage: BenchUsage.summary)
        }
    }

    private static func read(_ words: ArraySlice<String>) throws(UsageError) -> BenchInvocation {
        guard let measurement = words.first else {
            throw UsageError(sentence: "bench wants to know what: handshake or floor")
        }
        if words.contains("--help") || words.contains("-h") || measurement == "help" {
            return .help
        }
        switch measurement {
        case "floor": return .floor(try FloorOptions(words.dropFirst()))
        case "handshake": return .handshake(try BenchOptions(words.dropFirst()))
        default:
            let advice = Spelling.nearest(to: measurement, among: ["floor", "handshake"])
                .map { "; did you mean \"\($0)\"?" }
            throw UsageError(
                sentence: "bench does not know \(JSON5Value.quoted(measurement))\(advice ?? "")")
        }
    }
}
