// SPDX-License-Identifier: Apache-2.0
package import FoundationEssentials

/// Somebody in whose name certificates are ordered elsewhere: kept for clients that make one before they
/// order. Nothing here depends on it.
package struct Contact: RegistryObject {
    package let number: ContactNumber
    package let account: String
    /// What the client says of it, in its dialect's words.
    package var document: Compatibility
    package var generation = 1
    package let createdAt: Date
    package var updatedAt: Date

    package static var subjectKind: Event.Subject.Kind { .contact }
    package static var identifierPrefix: String { "con" }
    /// Without a name: what an event says stays in the log when the contact is gone.
    package var title: String { number.identifier }

    package init(number: ContactNumber, account: String, document: Compatibility, at now: Date) {
        self.number = number
        self.account = account
        self.document = document
        createdAt = now
        updatedAt = now
    }
}
