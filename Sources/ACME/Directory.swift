// SPDX-License-Identifier: Apache-2.0

/// Where a CA's resources are, and what it wants to be known (RFC 8555 §7.1.1).
package struct Directory: Decodable, Sendable {
    package let newNonce: ResourceURL
    package let newAccount: ResourceURL
    package let newOrder: ResourceURL
    package let revokeCert: ResourceURL?
    package let keyChange: ResourceURL?
    /// RFC 9773 §4: absent where the CA has no renewal information.
    package let renewalInfo: ResourceURL?
    private let meta: Meta?

    package struct Meta: Decodable, Sendable {
        package var termsOfService: String?
        package var website: String?
        /// The CA's issuer domain names in CAA records.
        package var caaIdentities: [String]?
        package var externalAccountRequired: Bool?
        /// Profile names and what they mean (draft-ietf-acme-profiles).
        package var profiles: [String: String]?
    }

    package var termsOfService: String? { meta?.termsOfService }
    package var caaIdentities: [String] { meta?.caaIdentities ?? [] }
    package var externalAccountRequired: Bool { meta?.externalAccountRequired ?? false }
    package var profiles: [String: String] { meta?.profiles ?? [:] }
}
