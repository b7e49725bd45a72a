// SPDX-License-Identifier: Apache-2.0
package import FoundationEssentials

/// What became of a request that came with an `Idempotency-Key`, for when it comes again.
///
/// The commit that does what was asked for says what it has made; the answer is added once it was given.
/// A process that ends in between leaves the first without the second: a repetition is then answered with
/// what was made, as it is by then. Where not even the first is there, nothing was done.
package struct RememberedRequest: Codable, Hashable, Sendable {
    /// A digest of the request: the same key with another request is the client's mistake.
    package let fingerprint: String
    /// Which of the requests with this key was done: ours for it.
    package let requestID: String
    /// The identifiers of what it has made, by kind: `certificate` and `crt_12`. Of several of a kind the
    /// first.
    package var made: [String: String] = [:]
    package var answer: Answer?
    package let at: Date

    /// Answers with a private key or a secret in them must not be remembered.
    package struct Answer: Codable, Hashable, Sendable {
        package let status: Int
        package let fields: [Field]
        package let body: Data

        package init(status: Int, fields: [Field], body: [UInt8]) {
            self.status = status
            self.fields = fields
            self.body = Data(body)
        }
    }

    package struct Field: Codable, Hashable, Sendable {
        package let name: String
        package let value: String

        package init(name: String, value: String) {
            self.name = name
            self.value = value
        }
    }

    package init(fingerprint: String, requestID: String, at: Date) {
        self.fingerprint = fingerprint
        self.requestID = requestID
        self.at = at
    }

    /// Seconds for which it is kept.
    package static var age: TimeInterval { 24 * 3600 }
    /// Requests of one account that are kept, the oldest leaving.
    package static var countMax: Int { 10_000 }
    /// A larger body is not remembered.
    package static var bodyBytesMax: Int { 256 * 1024 }
}

/// A request that may be sent twice and is to be done once.
package struct RepeatableRequest: Hashable, Sendable {
    /// What the client calls it: `Idempotency-Key`.
    package let key: String
    /// A digest of all that it asks for.
    package let fingerprint: String

    package init(key: String, fingerprint: String) {
        self.key = key
        self.fingerprint = fingerprint
    }
}
