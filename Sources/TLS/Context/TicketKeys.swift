// SPDX-License-Identifier: Apache-2.0
import Synchronization

/// The keys that session tickets are sealed with (RFC 5077 §4), shared by the contexts of all loops.
///
/// The newest seals; it and the two before it open. They are random and live in memory alone: with the
/// process, or with the third rotation, they are gone, and with them what was said under their tickets.
package final class TicketKeys: Sendable {
    /// How often whoever owns this calls `rotate()`.
    package static let rotationInterval: Duration = .seconds(12 * 3600)

    /// Newest first.
    private let keys: Mutex<[TicketKey]>
    /// Counts rotations, so that a loop takes the lock only after one.
    private let rotations = Atomic<Int>(0)

    package init() {
        keys = Mutex([TicketKey()])
    }

    /// Seals with a fresh key from now on. From any thread.
    package func rotate() {
        keys.withLock { $0 = Array(([TicketKey()] + $0).prefix(Self.keysMax)) }
        rotations.add(1, ordering: .releasing)
    }

    /// What a context keeps for itself, to look at the keys without a lock.
    struct Copy {
        fileprivate(set) var rotations = -1
        fileprivate(set) var keys: [TicketKey] = []
    }

    /// Brings a context's copy up to date.
    func refresh(_ copy: inout Copy) {
        let current = rotations.load(ordering: .acquiring)
        guard copy.rotations != current else { return }
        copy = Copy(rotations: current, keys: keys.withLock { $0 })
    }

    private static let keysMax = 3
}
