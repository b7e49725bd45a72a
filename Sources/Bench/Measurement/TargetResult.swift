// SPDX-License-Identifier: Apache-2.0

/// What all rounds against one target came to. A figure is taken in each round and is then the median of
/// the rounds, so that one that was disturbed does not count for more than one.
package struct TargetResult: Sendable {
    package let target: String
    package let rounds: [Round]
    /// All rounds as one, one after the other.
    package let total: LoadTally

    package init(target: String, rounds: [Round]) {
        self.target = target
        self.rounds = rounds
        total = rounds.reduce(into: LoadTally()) { $0.append($1.tally) }
    }

    /// nil when the figure is missing in some round.
    package func spread(_ figure: Figure) -> Spread? {
        let values = rounds.compactMap(figure.value)
        return values.count == rounds.count ? Spread(values) : nil
    }

    /// How much of the time the busiest thread of this client was on a CPU, in the median round.
    package var clientBusiest: Double {
        Spread(rounds.map(\.tally.busiestThread))?.median ?? 0
    }

    /// Which part of the handshakes was resumed, 0 … 1.
    package var resumedShare: Double {
        total.handshakes > 0 ? Double(total.resumed) / Double(total.handshakes) : 0
    }
}

/// A number that each round has. Times are in microseconds.
package enum Figure: Sendable, Hashable {
    /// Completed operations a second.
    case rate
    /// Of the server, for each operation.
    case serverCPU
    /// The latency that this share of the operations did not exceed; 1 is the longest.
    case latency(quantile: Double)

    /// The latency of the middle one.
    package static let median = latency(quantile: 0.5)

    /// nil when the round cannot tell.
    package func value(_ round: Round) -> Double? {
        switch self {
        case .rate: round.rate
        case .serverCPU: round.cpuPerOperation?.inMicroseconds
        case .latency(let share):
            round.tally.completed > 0 ? round.tally.latency.quantile(share).inMicroseconds : nil
        }
    }
}
