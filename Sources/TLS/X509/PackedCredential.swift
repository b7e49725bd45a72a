// SPDX-License-Identifier: Apache-2.0
import COpenSSL
package import struct FoundationEssentials.Date

/// A certificate, its key and the issuers above it, seen to belong together, in as few bytes as they
/// go into: what is kept of each of many thousands.
///
/// The leaf's DER and the key lie in one piece of memory, which is wiped in the end; the issuers are
/// shared.
///
/// Unchecked Sendable: the memory is written in `init`, and wiped when no reader is left; in between
/// it is only read.
package final class PackedCredential: @unchecked Sendable {
    /// What the leaf is for.
    package let names: [CertificateName]
    package let notBefore: Date
    /// The last second of validity.
    package let notAfter: Date

    private let memory: UnsafeMutableBufferPointer<UInt8>
    private let leafBytes: Int
    private let keyForm: KeyForm
    private let issuers: IssuerChain

    /// What the bytes behind the leaf are.
    enum KeyForm {
        /// The number of a P-256 key, whose point the leaf has.
        case p256
        /// DER of another kind of key.
        case pkcs8
    }

    /// Why two texts are no credential.
    package enum Problem: Error {
        case chain(TLSError)
        case key(TLSError)
        /// The key is not the certificate's.
        case mismatch
    }

    init(
        _ leaf: Certificate, der: [UInt8], _ keyForm: KeyForm, key: UnsafeBufferPointer<UInt8>,
        issuers: IssuerChain
    ) {
        names = leaf.names
        notBefore = leaf.notBefore
        notAfter = leaf.notAfter
        memory = .allocate(capacity: der.count + key.count)
        _ = memory[..<der.count].initialize(from: der)
        _ = memory[der.count...].initialize(from: key)
        leafBytes = der.count
        self.keyForm = keyForm
        self.issuers = issuers
    }

    deinit {
        OPENSSL_cleanse(memory.baseAddress, memory.count)
        memory.deallocate()
    }

    // MARK: Out of it

    /// Parses it for handshakes with the algorithms of `library`; nil: the process's. Costs about as
    /// much as a handshake.
    package func credential(in library: LibraryContext? = nil) throws(TLSError) -> Credential {
        let certificate = try Certificate(
            owning: Certificate.parse(leafDER, in: library?.handle))
        return Credential(
            leaf: certificate, key: try key(for: certificate, in: library), issuers: issuers)
    }

    /// The leaf, parsed.
    package func leaf() throws(TLSError) -> Certificate {
        try Certificate(owning: Certificate.parse(leafDER, in: nil))
    }

    /// SHA-256 of the leaf in lower-case hexadecimal digits.
    package var fingerprint: String {
        Digest.hexadecimal(Digest.sha256(UnsafeRawBufferPointer(leafDER)))
    }

    /// Whether `other` has the same leaf.
    package func hasLeaf(of other: PackedCredential) -> Bool {
        leafDER.elementsEqual(other.leafDER)
    }

    /// The chain in PEM, leaf first.
    package var chainPEM: [UInt8] {
        get throws(TLSError) {
            try CertificateChain(leaf: leaf(), intermediates: issuers.certificates).pem
        }
    }

    /// The key in PEM: PKCS#8, not encrypted.
    package var keyPEM: [UInt8] {
        get throws(TLSError) {
            try key(for: leaf(), in: nil).pem
        }
    }

    private func key(
        for certificate: Certificate, in library: LibraryContext?
    ) throws(TLSError) -> PrivateKey {
        switch keyForm {
        case .pkcs8:
            return PrivateKey(owning: try PrivateKey.decode(keyBytes, in: library?.handle))
        case .p256:
            guard let point = certificate.p256Point else {
                preconditionFailure("packed with a point that is there no more")
            }
            return PrivateKey(
                owning: try P256Secret.makeKey(
                    number: keyBytes, point: point, in: library?.handle))
        }
    }

    private var leafDER: UnsafeBufferPointer<UInt8> {
        UnsafeBufferPointer(rebasing: memory[..<leafBytes])
    }

    private var keyBytes: UnsafeBufferPointer<UInt8> {
        UnsafeBufferPointer(rebasing: memory[leafBytes...])
    }
}
