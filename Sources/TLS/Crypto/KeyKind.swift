// SPDX-License-Identifier: Apache-2.0

/// The keys that we make.
package enum KeyKind: String, Sendable, Codable, CaseIterable {
    /// ECDSA on P-256: small, fast, the default.
    case p256
    /// RSA with 2048 bits, for clients that know nothing else.
    case rsa2048
}
