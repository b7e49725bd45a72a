// SPDX-License-Identifier: Apache-2.0
package import FoundationEssentials
package import Provisioning
package import TLS

/// What all dialects translate to.
package struct DialectServices: Sendable {
    package let lifecycle: Lifecycle
    package let access: AccessControl
    package let settings: ManagementSettings
    /// What customers point at.
    package let target: ServerName
    package let now: @Sendable () -> Date

    package init(
        lifecycle: Lifecycle, access: AccessControl, settings: ManagementSettings,
        target: ServerName, now: @escaping @Sendable () -> Date = { Date() }
    ) {
        self.lifecycle = lifecycle
        self.access = access
        self.settings = settings
        self.target = target
        self.now = now
    }

    /// The languages of other companies that are spoken beside the native one.
    package var dialects: [any ManagementDialect] {
        [
            EntriDialect(self), DNSimpleDialect(self), AutoDNSDialect(self), ReselloDialect(self),
            QwiltDialect(self),
        ]
    }
}
