// SPDX-License-Identifier: Apache-2.0
import TLS

/// How many handshakes are held, in all, for each name and from each source.
struct HoldCounts {
    private(set) var total = 0
    private var names: [ServerName: Int] = [:]
    private var sources: [HoldSource: Int] = [:]

    /// Counts a handshake in; throws the bound that it would break, and then counts nothing.
    mutating func admit(_ hold: Hold, limits: ProvisioningLimits) throws(Overload) {
        guard total < limits.held else { throw .held(limits.held) }
        guard names[hold.name, default: 0] < limits.heldPerName else {
            throw .heldPerName(limits.heldPerName)
        }
        guard sources[hold.source, default: 0] < limits.heldPerSource else {
            throw .heldPerSource(limits.heldPerSource)
        }
        total += 1
        names[hold.name, default: 0] += 1
        sources[hold.source, default: 0] += 1
    }

    /// Counts out what `admit` counted in.
    mutating func release(_ hold: Hold) {
        total -= 1
        Self.decrement(&names, hold.name)
        Self.decrement(&sources, hold.source)
    }

    private static func decrement<Key>(_ counts: inout [Key: Int], _ key: Key) {
        guard let count = counts[key] else { return }
        counts[key] = count > 1 ? count - 1 : nil
    }
}
