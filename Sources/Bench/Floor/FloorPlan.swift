// SPDX-License-Identifier: Apache-2.0

/// How the floor is measured.
package struct FloorPlan: Sendable, Equatable {
    package enum Extent: Sendable, Equatable {
        /// For each row, all its rounds together.
        case duration(Duration)
        /// So many handshakes in each round of a row.
        case count(Int)
    }

    package var extent = Extent.duration(.seconds(2))
    /// Each row is measured so often, by turns with the others.
    package var rounds = 5
    /// At once, each with contexts of its own.
    package var threads = 1

    package init() {}
}
