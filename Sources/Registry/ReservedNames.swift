// SPDX-License-Identifier: Apache-2.0
package import TLS

/// Names that the operator keeps: no account may make them its own.
package struct ReservedNames: Sendable {
    private let names: Set<CertificateName>
    /// Where a wildcard would stand for one of them.
    private let parents: Set<ServerName>

    package init(_ names: some Sequence<CertificateName> = []) {
        self.names = Set(names)
        parents = Set(
            self.names.compactMap { name in
                guard case .exact(let host) = name else { return nil }
                return host.parent
            })
    }

    /// Whether it is one of them, or one of them stands for it, or it for one of them.
    package func overlap(_ name: CertificateName) -> Bool {
        if names.contains(name) { return true }
        switch name {
        case .exact(let host):
            return host.parent.map { names.contains(.wildcard(of: $0)) } ?? false
        case .wildcard(let parent): return parents.contains(parent)
        }
    }
}
