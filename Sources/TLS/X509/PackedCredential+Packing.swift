// SPDX-License-Identifier: Apache-2.0
import COpenSSL

extension PackedCredential {
    /// Reads a chain and a key in PEM: parses them, puts the chain in order (`CertificateChain`),
    /// and checks that the key is the leaf's. Takes about 60 µs with a key on P-256, a millisecond
    /// with another.
    package static func read(
        chain: [UInt8], key: [UInt8], issuers pool: IssuerPool
    ) throws(Problem) -> PackedCredential {
        let parts: (leaf: Certificate, der: [UInt8], issuers: IssuerChain)
        do throws(TLSError) { parts = try read(chain, pool) } catch { throw .chain(error) }
        let (leaf, der, issuers) = parts
        if let point = leaf.p256Point {
            let found: PackedCredential??
            do throws(TLSError) {
                found = try P256Secret.withFirst(in: key) { secret throws(TLSError) in
                    guard try point.elementsEqual(secret.publicPoint()) else { return nil }
                    return PackedCredential(
                        leaf, der: der, .p256, key: secret.number, issuers: issuers)
                }
            } catch { throw .key(error) }
            if let found {
                guard let packed = found else { throw .mismatch }
                return packed
            }
        }
        let secret: (key: PrivateKey, der: [UInt8])
        do throws(TLSError) {
            let key = try PrivateKey(pem: key)
            secret = (key, try key.der)
        } catch { throw .key(error) }
        // The leaf once more, with its public key.
        let whole: Certificate
        do throws(TLSError) { whole = try Certificate(der: der) } catch { throw .chain(error) }
        guard whole.matches(secret.key) else { throw .mismatch }
        return secret.der.withUnsafeBufferPointer { bytes in
            PackedCredential(whole, der: der, .pkcs8, key: bytes, issuers: issuers)
        }
    }

    /// Packs what is parsed. Throws `.unusable` when the key is not the leaf's.
    package static func pack(
        _ chain: CertificateChain, _ key: PrivateKey, issuers pool: IssuerPool
    ) throws(TLSError) -> PackedCredential {
        guard chain.leaf.matches(key) else { throw .unusable("the key is not the certificate's") }
        let issuers = try pool.chain(above: chain.leaf, from: chain.intermediates.map(\.der))
        let der = try key.der
        return try der.withUnsafeBufferPointer { (bytes) throws(TLSError) in
            let secret = chain.leaf.p256Point == nil ? nil : P256Secret(der: bytes)
            return PackedCredential(
                chain.leaf, der: chain.leaf.der, secret == nil ? .pkcs8 : .p256,
                key: secret?.number ?? bytes, issuers: issuers)
        }
    }

    /// The leaf of a chain, without its public key decoded, and the issuers.
    private static func read(
        _ chain: [UInt8], _ pool: IssuerPool
    ) throws(TLSError) -> (leaf: Certificate, der: [UInt8], issuers: IssuerChain) {
        let encoded = try CertificateChain.encoded(in: chain)
        guard let der = encoded.first else { throw .unusable(CertificateChain.nothingInIt) }
        let handle = try der.withUnsafeBufferPointer { (bytes) throws(TLSError) in
            try Certificate.parse(bytes, in: NoAlgorithms.library)
        }
        let leaf = try Certificate(owning: handle)
        let others = encoded.dropFirst().filter { $0 != der }
        return (leaf, der, try pool.chain(above: leaf, from: others))
    }
}

/// A library context without algorithms. A certificate that is parsed in it comes without its public
/// key, whose decoding is 130 of the 150 µs that parsing takes otherwise.
private enum NoAlgorithms {
    static var library: OpaquePointer? { context.handle }

    private static let context = Context()

    /// Unchecked Sendable: OpenSSL guards what is in a library context with locks of its own
    /// (openssl-threads(7)), and the handle is valid until the process ends.
    private struct Context: @unchecked Sendable {
        /// Nil when it could not be had; all is well without it, but slower.
        let handle: OpaquePointer?

        init() {
            handle = OSSL_LIB_CTX_new()
            // Without any provider OpenSSL would load its default one.
            if OSSL_PROVIDER_load(handle, "null") == nil { ERR_clear_error() }
        }
    }
}
