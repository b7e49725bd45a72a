// SPDX-License-Identifier: Apache-2.0

/// What came of a load.
package struct LoadTally: Sendable {
    /// Operations that succeeded.
    package var completed = 0
    /// Made in all; more than `completed` when a kept connection had to be opened in between.
    package var handshakes = 0
    /// Of those, how many offered a session, and how many the server resumed.
    package var offered = 0
    package var resumed = 0
    /// Of the completed operations.
    package var latency = LatencyHistogram()
    package var failures: [LoadFailure: Int] = [:]
    /// Of an open loop: operations that were due and never begun, because the backlog was full.
    package var missed = 0
    /// What crossed the wire until a handshake was finished at the client.
    package var handshakeBytesRead = 0
    package var handshakeBytesWritten = 0
    /// Content of answers.
    package var contentBytes = 0
    /// What the handshakes agreed on, and those of connections kept from before; how many did.
    package var negotiated: [NegotiatedParameters: Int] = [:]
    /// From the beginning to the last completion.
    package var elapsed = Duration.zero
    /// Completed operations in each 100 ms from the beginning.
    package var completions: [Int] = []
    /// CPU time of all load threads.
    package var clientCPU = Duration.zero
    /// How much of the time the busiest load thread was on a CPU, 0 … 1.
    package var busiestThread = 0.0

    package init() {}

    /// Operations that failed.
    package var failed: Int { failures.values.reduce(0, +) }

    /// Takes in what another thread counted at the same time.
    package mutating func merge(_ other: LoadTally) {
        add(other)
        elapsed = max(elapsed, other.elapsed)
        if completions.count < other.completions.count {
            completions += Array(
                repeating: 0, count: other.completions.count - completions.count)
        }
        for (index, count) in other.completions.enumerated() { completions[index] += count }
    }

    /// Takes in what was counted after this.
    package mutating func append(_ later: LoadTally) {
        add(later)
        elapsed += later.elapsed
        completions += later.completions
    }

    private mutating func add(_ other: LoadTally) {
        completed += other.completed
        handshakes += other.handshakes
        offered += other.offered
        resumed += other.resumed
        latency.merge(other.latency)
        failures.merge(other.failures, uniquingKeysWith: +)
        missed += other.missed
        handshakeBytesRead += other.handshakeBytesRead
        handshakeBytesWritten += other.handshakeBytesWritten
        contentBytes += other.contentBytes
        negotiated.merge(other.negotiated, uniquingKeysWith: +)
        clientCPU += other.clientCPU
        busiestThread = max(busiestThread, other.busiestThread)
    }
}
