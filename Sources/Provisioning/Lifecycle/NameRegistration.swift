// SPDX-License-Identifier: Apache-2.0
package import Registry
package import TLS

/// Which names are registered by other means than a directory in storage: the allow-list of
/// `on_demand.registered_only`.
package protocol NameRegistration: Sendable {
    func isRegistered(_ name: ServerName) async -> Bool
}

/// The domains of the management API.
package struct RegisteredDomains: NameRegistration {
    private let registry: Registry

    package init(_ registry: Registry) {
        self.registry = registry
    }

    /// By its own name, or by a wildcard for its first label. While storage is in trouble nothing is.
    package func isRegistered(_ name: ServerName) async -> Bool {
        do {
            if try await registry.domain(named: .exact(name)) != nil { return true }
            guard let parent = name.parent else { return false }
            return try await registry.domain(named: .wildcard(of: parent)) != nil
        } catch {
            return false
        }
    }
}
