// SPDX-License-Identifier: Apache-2.0
package import FoundationEssentials
package import TLS

/// A chain and its key as they are kept in memory for all loops: checked once, parsed by each loop
/// when it first serves them.
package final class StoredCertificate: Sendable {
    /// What it is filed under in storage; nil for the operator's own from the configuration.
    package let directory: CertificateName?
    /// Every name it is good for.
    package let names: [CertificateName]
    /// PEM, the leaf first.
    package let chain: [UInt8]
    /// PEM.
    package let key: [UInt8]
    package let metadata: CertificateMetadata

    package var notBefore: Date { metadata.notBefore }
    package var notAfter: Date { metadata.notAfter }

    /// Checks that the pair can serve: it parses, the key is the certificate's, it is not expired
    /// at `now`, and it covers the name of the directory that it is filed under. Takes about a
    /// millisecond.
    ///
    /// `metadata` is kept when it describes this very certificate.
    package init(
        directory: CertificateName?, chain: [UInt8], key: [UInt8],
        metadata: CertificateMetadata? = nil, at now: Date
    ) throws(PairProblem) {
        let leaf = try Self.check(chain: chain, key: key)
        guard leaf.notAfter > now else { throw .expired(leaf.notAfter) }
        if let directory, !leaf.names.contains(where: { $0.includes(directory) }) {
            throw .wrongName(leaf.names)
        }
        self.directory = directory
        self.chain = chain
        self.key = key
        names = leaf.names
        if let metadata, metadata.id == CertificateMetadata.id(of: leaf) {
            self.metadata = metadata
        } else {
            self.metadata = CertificateMetadata(leaf)
        }
    }

    /// A pair as its issuer made it, which was checked there.
    package init(
        directory: CertificateName, chain: CertificateChain, key: PrivateKey,
        metadata: CertificateMetadata
    ) throws(TLSError) {
        self.directory = directory
        names = chain.leaf.names
        self.chain = try chain.pem
        self.key = try key.pem
        self.metadata = metadata
    }

    private init(_ other: StoredCertificate, metadata: CertificateMetadata) {
        directory = other.directory
        names = other.names
        chain = other.chain
        key = other.key
        self.metadata = metadata
    }

    /// The same pair with other metadata.
    package func with(_ metadata: CertificateMetadata) -> StoredCertificate {
        StoredCertificate(self, metadata: metadata)
    }

    /// Parses it for a loop.
    package func credential() throws(TLSError) -> Credential {
        try Credential(chain: CertificateChain(pem: chain), key: PrivateKey(pem: key))
    }

    /// The name of the certificate that `host` is served under.
    func name(for host: ServerName) -> CertificateName {
        if !names.contains(.exact(host)), let parent = host.parent {
            .wildcard(of: parent)
        } else {
            .exact(host)
        }
    }

    /// The leaf, parsed.
    package func leaf() throws(TLSError) -> Certificate {
        try CertificateChain(pem: chain).leaf
    }

    private static func check(chain: [UInt8], key: [UInt8]) throws(PairProblem) -> Certificate {
        let parsed: CertificateChain
        do {
            parsed = try CertificateChain(pem: chain)
        } catch {
            throw .unreadableChain("\(error)")
        }
        let privateKey: PrivateKey
        do {
            privateKey = try PrivateKey(pem: key)
        } catch {
            throw .unreadableKey("\(error)")
        }
        guard parsed.leaf.matches(privateKey) else { throw .mismatch }
        do {
            _ = try Credential(chain: parsed, key: privateKey)
        } catch {
            throw .unusable("\(error)")
        }
        return parsed.leaf
    }
}

/// Why a pair is not served. Each is the doing of whoever put the files there, or of time.
package enum PairProblem: Error, Hashable, Sendable, CustomStringConvertible {
    case unreadableChain(String)
    case unreadableKey(String)
    case unreadableFile(String)
    /// The key is not the certificate's.
    case mismatch
    case expired(Date)
    /// The certificate is for other names than the directory's.
    case wrongName([CertificateName])
    /// libssl does not take it.
    case unusable(String)

    package var description: String {
        switch self {
        case .unreadableChain(let why): "the certificate chain is unreadable: \(why)"
        case .unreadableKey(let why): "the private key is unreadable: \(why)"
        case .unreadableFile(let why): why
        case .mismatch: "the private key does not belong to the certificate"
        case .expired(let date): "the certificate expired on \(date.formatted(.iso8601))"
        case .wrongName(let names):
            "the certificate is for \(names.map(\.text).joined(separator: ", ")) only"
        case .unusable(let why): "libssl does not accept the pair: \(why)"
        }
    }
}

extension CertificateName {
    /// Whether every host that `other` stands for is covered.
    func includes(_ other: CertificateName) -> Bool {
        switch other {
        case .exact(let name): covers(name)
        case .wildcard: self == other
        }
    }
}
