// SPDX-License-Identifier: Apache-2.0
package import Registry
package import TLS

/// Which names are registered by other means than a directory in storage.
package protocol NameRegistration: Sendable {
    /// By its own name, or by a wildcard for its first label: the allow-list of
    /// `on_demand.registered_only`.
    func isRegistered(_ name: ServerName) async -> Bool

    /// By its own name.
    func hasOwnDomain(_ name: ServerName) async -> Bool
}

/// The domains of the management API.
package struct RegisteredDomains: NameRegistration {
    private let registry: Registry

    package init(_ registry: Registry) {
        self.registry = registry
    }

    /// While storage is in trouble nothing is.
    package func isRegistered(_ name: ServerName) async -> Bool {
        if await hasOwnDomain(name) { return true }
        guard let parent = name.parent else { return false }
        return await has(.wildcard(of: parent))
    }

    /// Likewise.
    package func hasOwnDomain(_ name: ServerName) async -> Bool { await has(.exact(name)) }

    private func has(_ name: CertificateName) async -> Bool {
        (try? await registry.domain(named: name)) != nil
    }
}
