// SPDX-License-Identifier: Apache-2.0
import Bench

/// `nameplate bench floor`: what one core can do with this libssl.
enum FloorCommand {
    static func run(_ options: FloorOptions) async -> ExitStatus {
        let isWatched = Terminal.isStandardErrorOne
        do {
            let report = try await Floor(options.plan).measure { round in
                guard isWatched else { return }
                Output.progress("round \(round) of \(options.plan.rounds)")
            }
            if isWatched { Output.progress("") }
            return Output.line(options.format == .json ? report.json : report.text)
        } catch {
            return Output.error("\(error)")
        }
    }
}
