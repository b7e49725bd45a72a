// SPDX-License-Identifier: Apache-2.0
package import FoundationEssentials

/// A URL that is told of events.
package struct Webhook: RegistryObject {
    package let number: WebhookNumber
    package let account: String
    package let url: String
    package let format: Format
    /// The types of events it wants; empty: all.
    package var types: [Event.Kind] = []
    /// What bodies are signed with; told once, when the webhook is made.
    package var secret: String
    /// Since when it is left alone because it kept failing.
    package var suppressedAt: Date?
    /// Events whose delivery failed for good, in a row.
    package var failuresInARow = 0
    package var clientReference: String?
    package var generation = 1
    package let createdAt: Date
    package var updatedAt: Date

    package static var subjectKind: Event.Subject.Kind { .webhook }
    package static var identifierPrefix: String { "whk" }
    package var title: String { url }

    package static var urlBytesMax: Int { 2048 }

    /// So many events in a row that are given up, each after all its attempts, suppress it.
    package static var failuresMax: Int { 15 }

    /// The shape of what is sent.
    package enum Format: String, Codable, CaseIterable, Sendable {
        case native, dnsimple, entri
    }

    package init(
        number: WebhookNumber, account: String, url: String, format: Format, secret: String,
        at now: Date
    ) {
        self.number = number
        self.account = account
        self.url = url
        self.format = format
        self.secret = secret
        createdAt = now
        updatedAt = now
    }
}
