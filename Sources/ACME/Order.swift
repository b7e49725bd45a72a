// SPDX-License-Identifier: Apache-2.0

/// A certificate being made (RFC 8555 §7.1.3).
package struct Order: Decodable, Sendable {
    package enum Status: String, Decodable, Sendable {
        case pending, ready, processing, valid, invalid
    }

    package let status: Status
    package let identifiers: [Identifier]
    package let authorizations: [ResourceURL]
    package let finalize: ResourceURL
    /// Present once the order is valid.
    package let certificate: ResourceURL?
    /// Why the order is invalid.
    package let error: Problem?
    package let profile: String?
}

/// The body of a newOrder request (RFC 8555 §7.4).
struct NewOrder: Encodable {
    let identifiers: [Identifier]
    let profile: String?
    /// RFC 9773 §5.
    var replaces: CertificateID?
}

/// The body of a finalize request (RFC 8555 §7.4).
struct Finalization: Encodable {
    /// The request in DER, as base64url.
    let csr: String
}
