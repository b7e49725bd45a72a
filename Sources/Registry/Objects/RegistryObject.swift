// SPDX-License-Identifier: Apache-2.0
package import FoundationEssentials

/// Something that the registry keeps under a number and that belongs to an account.
package protocol RegistryObject: Codable, Sendable {
    var number: ObjectNumber<Self> { get }
    /// Whose it is; nobody else is told that it exists.
    var account: String { get }
    /// Counts the changes, from 1: what an entity tag is made of (RFC 9110 §8.8.3). The registry's.
    var generation: Int { get set }
    var createdAt: Date { get }
    /// The registry's.
    var updatedAt: Date { get set }
}

/// Members of a dialect that mean nothing to us and are given back as they came.
package typealias Compatibility = [String: JSONValue]
