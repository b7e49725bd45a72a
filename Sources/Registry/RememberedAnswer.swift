// SPDX-License-Identifier: Apache-2.0
package import FoundationEssentials

/// The answer to a request that came with an `Idempotency-Key`, for when it comes again.
///
/// Answers with a private key or a secret in them must not be remembered.
package struct RememberedAnswer: Codable, Hashable, Sendable {
    /// A digest of the request: the same key with another request is the client's mistake.
    package let fingerprint: String
    package let status: Int
    package let fields: [Field]
    package let body: Data
    package let at: Date

    package struct Field: Codable, Hashable, Sendable {
        package let name: String
        package let value: String

        package init(name: String, value: String) {
            self.name = name
            self.value = value
        }
    }

    package init(fingerprint: String, status: Int, fields: [Field], body: [UInt8], at: Date) {
        self.fingerprint = fingerprint
        self.status = status
        self.fields = fields
        self.body = Data(body)
        self.at = at
    }

    /// Seconds for which it is kept.
    package static var age: TimeInterval { 24 * 3600 }
    /// Answers of one account that are kept, the oldest leaving.
    package static var countMax: Int { 10_000 }
    /// A larger body is not remembered.
    package static var bodyBytesMax: Int { 256 * 1024 }
}
