// SPDX-License-Identifier: Apache-2.0
import Bench
import Testing

@Suite struct LoadTallyTests {
    private func tally(_ completions: [Int], failures: [LoadFailure: Int] = [:]) -> LoadTally {
        var tally = LoadTally()
        tally.completions = completions
        tally.completed = completions.reduce(0, +)
        tally.failures = failures
        tally.elapsed = .milliseconds(100 * completions.count)
        tally.busiestThread = Double(completions.count) / 10
        return tally
    }

    @Test func `threads of the same time are laid over each other`() {
        var all = tally([1, 2], failures: [.reset: 1])
        all.merge(tally([10, 20, 30], failures: [.reset: 2, .stalled: 1]))
        #expect(all.completions == [11, 22, 30] && all.completed == 63)
        #expect(all.elapsed == .milliseconds(300) && all.busiestThread == 0.3)
        #expect(all.failures == [.reset: 3, .stalled: 1] && all.failed == 4)
    }

    @Test func `a later tally goes behind`() {
        var all = tally([1, 2])
        all.append(tally([10, 20, 30]))
        #expect(all.completions == [1, 2, 10, 20, 30] && all.completed == 63)
        #expect(all.elapsed == .milliseconds(500) && all.busiestThread == 0.3)
    }
}
