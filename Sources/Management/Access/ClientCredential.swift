// SPDX-License-Identifier: Apache-2.0
import TLS

/// A client of the configuration, as access is decided by: what it may do, and a hash of its secret.
package struct ClientCredential: Sendable {
    package let client: ManagementClient
    /// SHA-256 of the secret.
    let secretHash: [UInt8]

    package init(client: ManagementClient, secret: String) {
        self.client = client
        secretHash = Digest.sha256(Array(secret.utf8))
    }

    /// - Parameter secretHash: 32 bytes.
    package init(client: ManagementClient, secretHash: [UInt8]) {
        self.client = client
        self.secretHash = secretHash
    }
}
