// SPDX-License-Identifier: Apache-2.0

/// Whom a client believes.
package enum TrustedRoots: Hashable, Sendable {
    /// What the operating system trusts.
    case system
    /// These certificates and no others.
    case pem([UInt8])
}
