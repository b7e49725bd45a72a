// SPDX-License-Identifier: Apache-2.0
import FoundationEssentials
package import Networking

/// What the operator says about the API beside who may call it.
package struct ManagementSettings: Sendable {
    /// What may be bought by an id: each is a certificate with domain validation.
    package var plans: [ManagementPlan] = []
    /// What may be ordered by a name, likewise.
    package var products: [String] = []
    /// Private networks where webhooks may point all the same.
    package var webhooksAllowed: [AddressBlock] = []

    package init() {}
}

/// A name by which clients of other APIs ask for what we issue.
package struct ManagementPlan: Hashable, Sendable {
    /// A UUID, in lower case.
    package let id: String
    package let name: String

    /// Nil when the id is no UUID.
    package init?(id: String, name: String) {
        guard let uuid = UUID(uuidString: id) else { return nil }
        self.id = uuid.uuidString.lowercased()
        self.name = name
    }
}
