// SPDX-License-Identifier: Apache-2.0

/// What the rounds of one kind of handshake came to.
struct FloorResult: Sendable {
    let kind: FloorCase
    /// On one thread, with nobody beside it.
    var alone: [FloorSample] = []
    /// On all threads at once, one value a thread, when there are several.
    var together: [[FloorSample]] = []

    /// CPU time of one handshake in each round, in microseconds.
    var microseconds: [Double] { alone.map(\.cpuEach) }

    /// How many times the handshakes of one thread all threads make, in each round, as the clock on the
    /// wall has it.
    var scaling: [Double] {
        zip(alone, together).map { alone, threads in
            threads.map { alone.wallEach / $0.wallEach }.reduce(0, +)
        }
    }
}

extension FloorSample {
    var cpuEach: Double { cpu.inMicroseconds / Double(max(count, 1)) }
    var wallEach: Double { wall.inMicroseconds / Double(max(count, 1)) }
}
