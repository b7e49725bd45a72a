// SPDX-License-Identifier: Apache-2.0

/// How long to wait before each look at a resource that the CA is working on.
///
/// A CA without validation delay is done within milliseconds, a slow one takes seconds: the first
/// look comes soon, and each later one after a pause longer by `growth`, up to `longest`. Where
/// the CA gives a time, the CA's time it is.
package struct PollSchedule: Sendable {
    private var pause: Duration

    package init() {
        pause = Self.first
    }

    /// The next pause. `retryAfter` is what the latest answer said.
    package mutating func next(retryAfter: Duration?) -> Duration {
        defer { pause = min(pause * Self.growth, Self.longest) }
        guard let retryAfter else { return pause }
        // "0" is no leave to spin.
        return max(retryAfter, Self.first)
    }

    package static let first = Duration.milliseconds(20)
    package static let longest = Duration.seconds(1)
    private static let growth = 1.6
}
