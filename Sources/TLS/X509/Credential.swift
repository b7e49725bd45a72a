// SPDX-License-Identifier: Apache-2.0
import COpenSSL

/// A certificate chain and its private key, parsed, ready for a handshake.
///
/// Unchecked Sendable: libssl takes references to handles that are never changed, and its
/// reference counts are atomic.
package final class Credential: @unchecked Sendable {
    package let chain: CertificateChain
    package let key: PrivateKey
    /// The `STACK_OF(X509)` above the leaf, as libssl wants it.
    private let intermediates: OpaquePointer
    /// Made to answer tls-alpn-01: for clients that offer `acme-tls/1` and nothing else.
    package let isChallenge: Bool

    /// Throws `.unusable` when the key is not the leaf's.
    package convenience init(chain: CertificateChain, key: PrivateKey) throws(TLSError) {
        try self.init(chain: chain, key: key, isChallenge: false)
    }

    init(chain: CertificateChain, key: PrivateKey, isChallenge: Bool) throws(TLSError) {
        guard chain.leaf.matches(key) else {
            throw .unusable("the key is not the certificate's")
        }
        self.chain = chain
        self.key = key
        self.isChallenge = isChallenge
        intermediates = try made("sk_X509_new_null", sk_X509_new_null())
        for certificate in chain.intermediates {
            X509_up_ref(certificate.handle)
            sk_X509_push(intermediates, certificate.handle)
        }
    }

    deinit {
        sk_X509_pop_free(intermediates)
    }

    package var leaf: Certificate { chain.leaf }

    /// What the leaf is for.
    package var names: [CertificateName] { chain.leaf.names }

    /// Whether the leaf is good for `name`.
    package func covers(_ name: ServerName) -> Bool { chain.leaf.covers(name) }

    /// Makes it what a connection presents.
    func use(on connection: OpaquePointer) -> Bool {
        SSL_use_cert_and_key(connection, leaf.handle, key.handle, intermediates, 1) == 1
    }
}
