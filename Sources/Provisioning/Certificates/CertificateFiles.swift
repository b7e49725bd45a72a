// SPDX-License-Identifier: Apache-2.0
package import FoundationEssentials
package import Networking
package import Storage
package import TLS

/// The contract's layout in storage: `domains/<name>/` with `chain.pem`, `key.pem`,
/// `certificate.json`.
///
/// May be called from any task. Parsing happens on the loop for blocking work: a store of a hundred
/// thousand certificates is read without the control loop noticing.
package struct CertificateFiles: Sendable {
    private let store: any KeyValueStore
    private let work: EventLoop
    /// What the certificates that are read or stored here share.
    package let issuers: IssuerPool

    package init(
        store: any KeyValueStore, work: EventLoop, issuers: IssuerPool = IssuerPool()
    ) {
        self.store = store
        self.work = work
        self.issuers = issuers
    }

    /// What a name's directory holds.
    package enum Pair: Sendable {
        case certificate(StoredCertificate)
        /// Neither chain nor key: the directory registers the name, no more.
        case empty
        /// One of chain and key is not there, or not yet.
        case incomplete
        /// Not to be served, and why.
        case refused(PairProblem)
    }

    /// The names that have a directory. One that is no host name is none of ours.
    package func names() async throws(StorageError) -> [CertificateName] {
        try await store.keys(in: Self.collection).compactMap { CertificateName($0.name) }
    }

    package func versions(
        of names: [CertificateName]
    ) async throws(StorageError) -> [StorageVersion?] {
        try await store.versions(of: names.map(Self.key))
    }

    /// What a directory holds. The version is from before the reading: what changes meanwhile is seen
    /// by the next look.
    package struct Found: Sendable {
        package let pair: Pair
        package let version: StorageVersion
    }

    /// Reads what is stored under `name`; nil when there is no such directory.
    package func load(
        _ name: CertificateName, at now: Date
    ) async throws(StorageError) -> Found? {
        try await changes(of: [name], since: [nil], at: now)[0]
    }

    /// Reads those of `names` that have changed since the versions in `known`, nil for what was
    /// never seen. Answers each in its order: nil where nothing has changed, or is.
    package func changes(
        of names: [CertificateName], since known: [StorageVersion?], at now: Date
    ) async throws(StorageError) -> [Found?] {
        let changes = try await store.changes(
            of: [Self.chainFile, Self.keyFile, Self.metadataFile], in: names.map(Self.key),
            since: known)
        let isNews = changes.contains { change in
            switch change {
            case .files, .unreadable: true
            case .unchanged, .absent: false
            }
        }
        guard isNews else { return names.map { _ in nil } }
        return await work.run { zip(names, changes).map { found($0, $1, at: now) } }
    }

    private func found(
        _ name: CertificateName, _ change: StoredChange, at now: Date
    ) -> Found? {
        switch change {
        case .unchanged, .absent: return nil
        case .unreadable(let error, let version):
            return Found(pair: .refused(.unreadableFile("\(error)")), version: version)
        case .files(let files):
            return Found(pair: pair(name, files.contents, at: now), version: files.version)
        }
    }

    private func pair(
        _ name: CertificateName, _ contents: [String: [UInt8]], at now: Date
    ) -> Pair {
        let (chain, key) = (contents[Self.chainFile], contents[Self.keyFile])
        guard let chain, let key else { return chain == nil && key == nil ? .empty : .incomplete }
        do throws(PairProblem) {
            return .certificate(
                try StoredCertificate(
                    directory: name, chain: chain, key: key,
                    metadata: contents[Self.metadataFile].flatMap(CertificateMetadata.init(json:)),
                    issuers: issuers, at: now))
        } catch {
            return .refused(error)
        }
    }

    /// Stores all three files as one. `certificate` must have a directory.
    @discardableResult
    package func store(
        _ certificate: StoredCertificate
    ) async throws(StorageError) -> StorageVersion {
        guard let name = certificate.directory else {
            preconditionFailure("the operator's certificates are not ours to store")
        }
        return try await store.write(Self.files(of: certificate), in: Self.key(name))
    }

    private static func files(of certificate: StoredCertificate) -> [StoredFile] {
        do {
            return [
                StoredFile(chainFile, try certificate.chain),
                StoredFile(keyFile, try certificate.key, .secret),
                StoredFile(metadataFile, certificate.metadata.json),
            ]
        } catch {
            preconditionFailure("what was parsed can be written: \(error)")
        }
    }

    /// The same where a pair lies that is not served: its files stay beside the new ones, as
    /// `chain.pem.refused` and `key.pem.refused`, for they are not ours to lose.
    @discardableResult
    package func storeBesideRefused(
        _ certificate: StoredCertificate
    ) async throws(StorageError) -> StorageVersion {
        if let name = certificate.directory {
            let key = Self.key(name)
            let found = try await store.read([Self.chainFile, Self.keyFile], in: key)
            let copies = (found?.contents ?? [:]).map { name, contents in
                StoredFile("\(name).refused", contents, .secret)
            }
            if !copies.isEmpty { try await store.write(copies, in: key) }
        }
        return try await store(certificate)
    }

    /// Stores a pair, beside that which lies there when it is one that is not served.
    package func storeBesideRefused(
        _ certificate: StoredCertificate, at now: Date
    ) async throws(StorageError) -> StorageVersion {
        guard let directory = certificate.directory,
            let found = try await load(directory, at: now)
        else { return try await store(certificate) }
        switch found.pair {
        case .certificate, .empty: return try await store(certificate)
        case .refused(.expired): return try await store(certificate)
        case .incomplete, .refused: return try await storeBesideRefused(certificate)
        }
    }

    /// Removes a directory with all that is in it.
    package func remove(_ name: CertificateName) async throws(StorageError) {
        try await store.remove(Self.key(name))
    }

    /// Stores `certificate.json` alone.
    @discardableResult
    package func storeMetadata(
        of certificate: StoredCertificate
    ) async throws(StorageError) -> StorageVersion {
        guard let name = certificate.directory else {
            preconditionFailure("the operator's certificates are not ours to store")
        }
        return try await store.write(
            [StoredFile(Self.metadataFile, certificate.metadata.json)], in: Self.key(name))
    }

    private static func key(_ name: CertificateName) -> StorageKey {
        guard let key = StorageKey(collection, name.text) else {
            preconditionFailure("a host name is a key: letters, digits, dots, hyphens")
        }
        return key
    }

    private static let collection = "domains"
    private static let chainFile = "chain.pem"
    private static let keyFile = "key.pem"
    private static let metadataFile = "certificate.json"
}
