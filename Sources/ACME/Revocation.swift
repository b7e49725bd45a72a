// SPDX-License-Identifier: Apache-2.0

/// Why a certificate is revoked (RFC 5280 §5.3.1; those that a subscriber may give).
package enum RevocationReason: Int, Codable, Hashable, Sendable {
    case unspecified = 0
    case keyCompromise = 1
    case affiliationChanged = 3
    case superseded = 4
    case cessationOfOperation = 5
}

/// The body of a revokeCert request (RFC 8555 §7.6).
struct Revocation: Encodable {
    /// DER as base64url.
    let certificate: String
    let reason: RevocationReason
}
