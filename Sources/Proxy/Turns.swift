// SPDX-License-Identifier: Apache-2.0

/// Lets the other connections of a loop have theirs while one moves a body between two peers that
/// are both always ready: without it nothing would ever suspend.
struct Turns {
    private var taken = 0

    /// Pieces in a row, of 16 KiB mostly.
    private static let limit = 16

    mutating func take() async {
        taken += 1
        guard taken == Self.limit else { return }
        taken = 0
        await Task.yield()
    }
}
