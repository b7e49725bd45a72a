// SPDX-License-Identifier: Apache-2.0
package import FoundationEssentials
package import TLS

/// A chain and its key as they are kept in memory for all loops: checked once, parsed by each loop
/// when it first serves them.
package final class StoredCertificate: Sendable {
    /// What it is filed under in storage; nil for the operator's own from the configuration.
    package let directory: CertificateName?
    package let provenance: Provenance
    private let packed: PackedCredential

    /// Every name it is good for.
    package var names: [CertificateName] { packed.names }
    /// The names it is served for: all that it is good for, unless clients manage it. Such a one says of
    /// itself what it is good for, and is served where it was installed, for names that are its owner's.
    package var servedNames: [CertificateName] {
        guard let directory, provenance.certificate != nil else { return names }
        return [directory]
    }
    package var notBefore: Date { packed.notBefore }
    package var notAfter: Date { packed.notAfter }

    /// Checks that the pair can serve: it parses, the key is the certificate's, it is not expired
    /// at `now`, and it covers the name of the directory that it is filed under. Takes less than
    /// 0.1 ms with a key on P-256, a millisecond with another.
    ///
    /// `metadata` is believed when it describes this very certificate.
    package init(
        directory: CertificateName?, chain: [UInt8], key: [UInt8],
        metadata: CertificateMetadata? = nil, issuers: IssuerPool = IssuerPool(), at now: Date
    ) throws(PairProblem) {
        let packed: PackedCredential
        do throws(PackedCredential.Problem) {
            packed = try PackedCredential.read(chain: chain, key: key, issuers: issuers)
        } catch {
            throw PairProblem(error)
        }
        guard packed.notAfter > now else { throw .expired(packed.notAfter) }
        if let directory, !packed.names.contains(where: { $0.includes(directory) }) {
            throw .wrongName(packed.names)
        }
        self.directory = directory
        self.packed = packed
        if let metadata, metadata.id == packed.fingerprint {
            provenance = metadata.provenance
        } else {
            provenance = Provenance()
        }
    }

    /// A pair as its issuer made it.
    package init(
        directory: CertificateName, chain: CertificateChain, key: PrivateKey,
        provenance: Provenance, issuers: IssuerPool = IssuerPool()
    ) throws(TLSError) {
        self.directory = directory
        self.provenance = provenance
        packed = try PackedCredential.pack(chain, key, issuers: issuers)
    }

    private init(_ other: StoredCertificate, _ provenance: Provenance) {
        directory = other.directory
        packed = other.packed
        self.provenance = provenance
    }

    /// The same pair with another provenance.
    package func with(_ provenance: Provenance) -> StoredCertificate {
        StoredCertificate(self, provenance)
    }

    /// What `certificate.json` says of it.
    package var metadata: CertificateMetadata {
        CertificateMetadata(
            id: packed.fingerprint, names: names, notBefore: notBefore,
            notAfter: notAfter, provenance: provenance)
    }

    /// Whether the certificate is that of `other`, wherever it came from.
    package func isSame(as other: StoredCertificate) -> Bool {
        packed.hasLeaf(of: other.packed)
    }

    /// Parses it for a loop, whose algorithms are those of `library`; nil: the process's.
    package func credential(in library: LibraryContext?) throws(TLSError) -> Credential {
        try packed.credential(in: library)
    }

    /// The leaf, parsed.
    package func leaf() throws(TLSError) -> Certificate {
        try packed.leaf()
    }

    /// The chain in PEM, the leaf first.
    package var chain: [UInt8] {
        get throws(TLSError) { try packed.chainPEM }
    }

    /// The key in PEM.
    package var key: [UInt8] {
        get throws(TLSError) { try packed.keyPEM }
    }

    /// The name of the certificate that `host` is served under.
    func name(for host: ServerName) -> CertificateName {
        if !servedNames.contains(.exact(host)), let parent = host.parent {
            .wildcard(of: parent)
        } else {
            .exact(host)
        }
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

    init(_ problem: PackedCredential.Problem) {
        switch problem {
        case .chain(let error): self = .unreadableChain("\(error)")
        case .key(let error): self = .unreadableKey("\(error)")
        case .mismatch: self = .mismatch
        }
    }

    package var description: String {
        switch self {
        case .unreadableChain(let why): "the certificate chain is unreadable: \(why)"
        case .unreadableKey(let why): "the private key is unreadable: \(why)"
        case .unreadableFile(let why): why
        case .mismatch: "the private key does not belong to the certificate"
        case .expired(let date): "the certificate expired on \(date.formatted(.iso8601))"
        case .wrongName(let names):
            "the certificate is for \(names.map(\.text).joined(separator: ", ")) only"
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
