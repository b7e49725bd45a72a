// SPDX-License-Identifier: Apache-2.0
import Networking

/// What one peer has left of each nuisance.
///
/// The allowances stand in `HTTP2Limits`; this holds only what changes.
struct AbuseLedger: Sendable {
    private var resets = NuisanceBudget()
    private var provokedResets = NuisanceBudget()
    private var pings = NuisanceBudget()
    private var settings = NuisanceBudget()
    private var emptyFrames = NuisanceBudget()
    private var priorities = NuisanceBudget()
    private var windowUpdates = NuisanceBudget()
    private var unknownFrames = NuisanceBudget()

    /// Signals that one stream, or one DATA frame that we send, is good for.
    private static let signalsEarned: UInt32 = 4

    // MARK: Work

    mutating func openedStream(_ limits: HTTP2Limits) {
        priorities.earn(Self.signalsEarned, limits.priorities)
        windowUpdates.earn(Self.signalsEarned, limits.windowUpdates)
    }

    /// A stream came to its end from both sides.
    mutating func completedStream(_ limits: HTTP2Limits) {
        resets.earn(1, limits.resets)
    }

    mutating func sentData(_ limits: HTTP2Limits) {
        pings.earn(1, limits.pings)
        windowUpdates.earn(Self.signalsEarned, limits.windowUpdates)
    }

    mutating func receivedData(_ limits: HTTP2Limits) {
        pings.earn(1, limits.pings)
    }

    // MARK: Nuisances

    mutating func receivedReset(_ limits: HTTP2Limits, at now: Instant) throws(HTTP2Fault) {
        guard resets.spend(limits.resets, at: now) else { throw .abuse(.rapidReset) }
    }

    mutating func provokedReset(_ limits: HTTP2Limits, at now: Instant) throws(HTTP2Fault) {
        guard provokedResets.spend(limits.provokedResets, at: now) else {
            throw .abuse(.provokedResets)
        }
    }

    mutating func receivedPing(_ limits: HTTP2Limits, at now: Instant) throws(HTTP2Fault) {
        guard pings.spend(limits.pings, at: now) else { throw .abuse(.pingFlood) }
    }

    mutating func receivedSettings(_ limits: HTTP2Limits, at now: Instant) throws(HTTP2Fault) {
        guard settings.spend(limits.settings, at: now) else { throw .abuse(.settingsFlood) }
    }

    mutating func receivedEmptyFrame(_ limits: HTTP2Limits, at now: Instant) throws(HTTP2Fault) {
        guard emptyFrames.spend(limits.emptyFrames, at: now) else {
            throw .abuse(.emptyFrameFlood)
        }
    }

    mutating func receivedPriority(_ limits: HTTP2Limits, at now: Instant) throws(HTTP2Fault) {
        guard priorities.spend(limits.priorities, at: now) else { throw .abuse(.priorityFlood) }
    }

    mutating func receivedWindowUpdate(_ limits: HTTP2Limits, at now: Instant) throws(HTTP2Fault) {
        guard windowUpdates.spend(limits.windowUpdates, at: now) else {
            throw .abuse(.windowUpdateFlood)
        }
    }

    mutating func receivedUnknown(_ limits: HTTP2Limits, at now: Instant) throws(HTTP2Fault) {
        guard unknownFrames.spend(limits.unknownFrames, at: now) else {
            throw .abuse(.unknownFrameFlood)
        }
    }
}
