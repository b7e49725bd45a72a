// SPDX-License-Identifier: Apache-2.0
package import Networking

/// Counts failures by address, and says from which ones no secret counts for a while.
///
/// An IPv6 network of 64 bits is one address: whoever has one of them has them all.
package struct LockOut: Sendable {
    package struct Configuration: Sendable {
        /// Failures within `window` that lock an address out.
        package var failuresMax = 10
        package var window = Duration.seconds(60)
        /// How long it stays out.
        package var duration = Duration.seconds(300)
        /// Addresses that are remembered; the one that failed longest ago leaves.
        package var addressesMax = 4096

        package init() {}
    }

    private struct Entry {
        var failures = 0
        var began: Instant
        var last: Instant
        var lockedUntil: Instant?
    }

    private let configuration: Configuration
    private var entries: [IPAddress: Entry] = [:]

    package init(_ configuration: Configuration = Configuration()) {
        self.configuration = configuration
    }

    /// Addresses that are remembered.
    package var count: Int { entries.count }

    /// How long an address is still locked out; nil when it is not.
    package mutating func remaining(for address: IPAddress, at now: Instant) -> Duration? {
        let key = Self.key(address)
        guard let until = entries[key]?.lockedUntil else { return nil }
        if until > now { return now.duration(to: until) }
        entries[key] = nil
        return nil
    }

    /// Takes note of a failure; true when it is the one that locks the address out.
    package mutating func failed(_ address: IPAddress, at now: Instant) -> Bool {
        let key = Self.key(address)
        if entries[key] == nil { makeRoom() }
        var entry = entries[key] ?? Entry(began: now, last: now)
        if entry.began + configuration.window <= now {
            entry = Entry(began: now, last: now)
        }
        entry.failures += 1
        entry.last = now
        let locks = entry.failures >= configuration.failuresMax
        if locks { entry.lockedUntil = now + configuration.duration }
        entries[key] = entry
        return locks
    }

    /// Forgets the failures of an address: it has shown a right secret.
    package mutating func succeeded(_ address: IPAddress) {
        guard !entries.isEmpty else { return }
        entries[Self.key(address)] = nil
    }

    private mutating func makeRoom() {
        guard entries.count >= configuration.addressesMax,
            let oldest = entries.min(by: { $0.value.last < $1.value.last })
        else { return }
        entries[oldest.key] = nil
    }

    private static func key(_ address: IPAddress) -> IPAddress {
        switch address.unmapped {
        case .v4(let value): .v4(value)
        case .v6(let high, _): .v6(high, 0)
        }
    }
}
