// SPDX-License-Identifier: Apache-2.0
import Bench
import Networking

/// The line that shows how far a benchmark is, rewritten in place; on a terminal only.
struct BenchProgress: Sendable {
    private let options: BenchOptions
    private let isShown = Terminal.isStandardErrorOne

    init(_ options: BenchOptions) {
        self.options = options
    }

    /// Rewrites the line until the task is cancelled.
    func show(_ generator: LoadGenerator, _ what: String, on loop: EventLoop) async {
        guard isShown else { return }
        let beginning = Instant.now
        while (try? await loop.sleep(for: Self.interval)) != nil {
            let tally = await generator.progress()
            guard !Task.isCancelled else { return }
            Output.progress(line(tally, what, after: beginning.duration(to: .now)))
        }
    }

    /// Takes the line away.
    func clear() {
        guard isShown else { return }
        Output.progress("")
    }

    private func line(_ tally: LoadTally, _ what: String, after time: Duration) -> String {
        let seconds = Double(time.nanoseconds) / 1e9
        let rate = Int(Double(tally.completed) / max(seconds, 0.001))
        let failures = tally.failed > 0 ? ", \(tally.failed) failed" : ""
        return "\(what): \(Int(seconds)) s, \(tally.completed) done, \(rate)/s\(failures)"
    }

    private static let interval = Duration.milliseconds(500)
}
