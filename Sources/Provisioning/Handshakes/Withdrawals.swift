// SPDX-License-Identifier: Apache-2.0
package import TLS

/// The names that were deprovisioned: refused whatever certificate would cover them, and not to be
/// obtained by a visit. Part of the published state.
package struct Withdrawals: Sendable {
    private var names = ShardedMap<CertificateName, Bool>()

    package init() {}

    package var isEmpty: Bool { names.count == 0 }
    package var count: Int { names.count }

    /// Whether the very name is withdrawn.
    package func contains(_ name: CertificateName) -> Bool { names[name] != nil }

    /// Whether `host` is refused: withdrawn itself, or by the wildcard that stands for its first label,
    /// unless it is known by its own name (`isOwn`, asked only where that matters).
    package func refuse(_ host: ServerName, unless isOwn: @autoclosure () -> Bool) -> Bool {
        guard !isEmpty else { return false }
        if contains(.exact(host)) { return true }
        guard let parent = host.parent, contains(.wildcard(of: parent)) else { return false }
        return !isOwn()
    }

    mutating func set(_ name: CertificateName, isWithdrawn: Bool) {
        names[name] = isWithdrawn ? true : nil
    }
}
