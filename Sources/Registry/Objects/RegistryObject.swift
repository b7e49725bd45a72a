// SPDX-License-Identifier: Apache-2.0
package import FoundationEssentials

/// Something that the registry keeps under a number and that belongs to an account.
package protocol RegistryObject: Codable, Numbered, Sendable {
    /// What events call it.
    static var subjectKind: Event.Subject.Kind { get }

    var number: ObjectNumber<Self> { get }
    /// Whose it is; nobody else is told that it exists.
    var account: String { get }
    /// Counts the changes, from 1: what an entity tag is made of (RFC 9110 §8.8.3). The registry's.
    var generation: Int { get set }
    var createdAt: Date { get }
    /// The registry's.
    var updatedAt: Date { get set }
    /// The domain's name, the certificate's common name: what events call it beside its number.
    var title: String { get }
    /// It as the native API shows it; never a key or a secret.
    var snapshot: JSONValue { get }
    /// Under what else it is found, besides its number.
    var indexEntries: [IndexEntry] { get }
}

extension RegistryObject {
    /// What an event about it is about.
    package var subject: Event.Subject {
        Event.Subject(Self.subjectKind, number.value, title)
    }
}

/// Members of a dialect that mean nothing to us and are given back as they came.
package typealias Compatibility = [String: JSONValue]
