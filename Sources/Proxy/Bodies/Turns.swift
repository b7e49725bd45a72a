// SPDX-License-Identifier: Apache-2.0

/// Lets the other connections of a loop have theirs while one moves a body between two peers that
/// are both always ready: without it nothing would ever suspend.
struct Turns {
    private var moved = 0

    /// Bytes in a row.
    private static let limit = 256 * 1024

    /// Whether, after another piece of `count` bytes, it is the others' turn: `await Task.yield()` then.
    mutating func isOver(after count: Int) -> Bool {
        moved += count
        guard moved >= Self.limit else { return false }
        moved = 0
        return true
    }
}
