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
    package func contains(_ name: CertificateName) -> Bool { !isEmpty && names[name] != nil }

    /// Whether the wildcard that stands for the first label of `host` is withdrawn: it is served by its own
    /// name or not at all.
    package func coversByWildcard(_ host: ServerName) -> Bool {
        guard !isEmpty, let parent = host.parent else { return false }
        return contains(.wildcard(of: parent))
    }

    mutating func set(_ name: CertificateName, isWithdrawn: Bool) {
        names[name] = isWithdrawn ? true : nil
    }
}
