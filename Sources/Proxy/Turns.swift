// SPDX-License-Identifier: Apache-2.0

/// Lets the other connections of a loop have theirs while one moves a body between two peers that
/// are both always ready: without it nothing would ever suspend.
struct Turns {
    private var moved = 0

    /// Bytes in a row.
    private static let limit = 256 * 1024

    /// To be told of each piece of `count` bytes.
    mutating func take(_ count: Int) async {
        moved += count
        guard moved >= Self.limit else { return }
        moved = 0
        await Task.yield()
    }
}
