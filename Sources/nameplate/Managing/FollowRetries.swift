// SPDX-License-Identifier: Apache-2.0
import Networking

/// When `nameplate events list --follow` asks again an API that does not answer, and when it gives up.
///
/// An API that has never answered is not waited for: it may be another's address.
struct FollowRetries {
    /// Without an answer for so long it gives up: enough for a restart or an upgrade.
    static let patience = Duration.seconds(120)
    static let pauseMin = Duration.milliseconds(250)
    static let pauseMax = Duration.seconds(8)

    private var hasAnswered = false
    private var silentSince: Instant?
    private var pause = FollowRetries.pauseMin

    /// Whether the last answer is missing.
    var isSilent: Bool { silentSince != nil }

    mutating func answered() {
        hasAnswered = true
        silentSince = nil
        pause = Self.pauseMin
    }

    /// How long to wait before the next try; nil when there is to be none.
    mutating func failed(at now: Instant) -> Duration? {
        let began = silentSince ?? now
        silentSince = began
        guard hasAnswered, began.duration(to: now) < Self.patience else { return nil }
        defer { pause = min(pause * 2, Self.pauseMax) }
        return pause
    }
}
