// SPDX-License-Identifier: Apache-2.0
package import FoundationEssentials
package import Provisioning
package import TLS

/// What all dialects translate to.
package struct DialectServices: Sendable {
    package let lifecycle: Lifecycle
    package let access: AccessControl
    /// What may be ordered by name.
    package let catalogue: Catalogue
    /// What customers point at.
    package let target: ServerName
    /// Where requests go for domains that have no URL of their own.
    package let applicationURL: String
    /// Why a URL may not be told of events; nil: it may.
    package let refusal: @Sendable (_ webhook: String) async -> String?
    /// Told what a client is not: why the edge could not do what a request asked for.
    let trouble: @Sendable (_ why: String, _ requestID: String) -> Void
    package let now: @Sendable () -> Date
    /// A list without pages ends with the hundred objects that bring it to so many bytes: some 8,000
    /// certificates with their chains.
    package var listBytesMax = 32 * 1024 * 1024

    package init(
        lifecycle: Lifecycle, access: AccessControl, catalogue: Catalogue, target: ServerName,
        applicationURL: String, refusal: @escaping @Sendable (_ webhook: String) async -> String?,
        trouble: @escaping @Sendable (_ why: String, _ requestID: String) -> Void = { _, _ in },
        now: @escaping @Sendable () -> Date = { Date() }
    ) {
        self.lifecycle = lifecycle
        self.access = access
        self.catalogue = catalogue
        self.target = target
        self.applicationURL = applicationURL
        self.refusal = refusal
        self.trouble = trouble
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

/// What other companies' products and plans stand for a certificate of ours: one that is domain validated.
package struct Catalogue: Sendable {
    package struct Plan: Hashable, Sendable {
        /// A UUID, in lower case.
        package let id: String
        package let name: String

        package init(id: String, name: String) {
            self.id = id
            self.name = name
        }
    }

    package let plans: [Plan]
    package let products: [String]

    package init(plans: [Plan], products: [String]) {
        self.plans = plans
        self.products = products
    }
}
