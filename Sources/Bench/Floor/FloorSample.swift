// SPDX-License-Identifier: Apache-2.0

/// What the server's side of some handshakes took.
struct FloorSample: Sendable {
    var count = 0
    /// Of the thread.
    var cpu = Duration.zero
    /// By the clock on the wall: more than `cpu` where the thread waited for a lock, or for a core.
    var wall = Duration.zero

    static func + (left: FloorSample, right: FloorSample) -> FloorSample {
        FloorSample(
            count: left.count + right.count, cpu: left.cpu + right.cpu,
            wall: left.wall + right.wall)
    }
}
