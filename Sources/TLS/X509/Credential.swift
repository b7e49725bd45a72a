// SPDX-License-Identifier: Apache-2.0
import COpenSSL

/// A certificate chain and its private key, parsed, ready for a handshake.
///
/// Unchecked Sendable: libssl takes references to handles that are never changed, and its
/// reference counts are atomic.
package final class Credential: @unchecked Sendable {
    package let leaf: Certificate
    package let key: PrivateKey
    private let issuers: IssuerChain
    /// Made to answer tls-alpn-01: for clients that offer `acme-tls/1` and nothing else.
    package let isChallenge: Bool

    /// Throws `.unusable` when the key is not the leaf's.
    package convenience init(chain: CertificateChain, key: PrivateKey) throws(TLSError) {
        try self.init(chain: chain, key: key, isChallenge: false)
    }

    convenience init(
        chain: CertificateChain, key: PrivateKey, isChallenge: Bool
    ) throws(TLSError) {
        guard chain.leaf.matches(key) else {
            throw .unusable("the key is not the certificate's")
        }
        self.init(
            leaf: chain.leaf, key: key, issuers: try IssuerChain(chain.intermediates),
            isChallenge: isChallenge)
    }

    /// From a pair that was seen to match.
    init(leaf: Certificate, key: PrivateKey, issuers: IssuerChain, isChallenge: Bool = false) {
        self.leaf = leaf
        self.key = key
        self.issuers = issuers
        self.isChallenge = isChallenge
    }

    package var chain: CertificateChain {
        CertificateChain(leaf: leaf, intermediates: issuers.certificates)
    }

    /// What the leaf is for.
    package var names: [CertificateName] { leaf.names }

    /// Whether the leaf is good for `name`.
    package func covers(_ name: ServerName) -> Bool { leaf.covers(name) }

    /// Makes it what a connection presents.
    func use(on connection: OpaquePointer) -> Bool {
        SSL_use_cert_and_key(connection, leaf.handle, key.handle, issuers.stack, 1) == 1
    }
}
