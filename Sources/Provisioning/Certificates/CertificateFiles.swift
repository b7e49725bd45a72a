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

    package init(store: any KeyValueStore, work: EventLoop) {
        self.store = store
        self.work = work
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

    /// Reads what is stored under `name`; nil when there is no such directory.
    ///
    /// The version is from before the reading: what changes meanwhile is seen by the next look.
    package func load(
        _ name: CertificateName, at now: Date
    ) async throws(StorageError) -> (pair: Pair, version: StorageVersion)? {
        let place = Self.key(name)
        let files: StoredFiles
        do {
            let names = [Self.chainFile, Self.keyFile, Self.metadataFile]
            guard let found = try await store.read(names, in: place) else { return nil }
            files = found
        } catch {
            guard let version = try await store.versions(of: [place]).first ?? nil else {
                return nil
            }
            return (.refused(.unreadableFile("\(error)")), version)
        }
        let version = files.version
        let (chain, key) = (files.contents[Self.chainFile], files.contents[Self.keyFile])
        guard let chain, let key else {
            return (chain == nil && key == nil ? .empty : .incomplete, version)
        }
        let metadata = files.contents[Self.metadataFile].flatMap(CertificateMetadata.init(json:))
        let pair: Pair = await work.run {
            do throws(PairProblem) {
                return .certificate(
                    try StoredCertificate(
                        directory: name, chain: chain, key: key, metadata: metadata, at: now))
            } catch {
                return .refused(error)
            }
        }
        return (pair, version)
    }

    /// Stores all three files as one. `certificate` must have a directory.
    @discardableResult
    package func store(
        _ certificate: StoredCertificate
    ) async throws(StorageError) -> StorageVersion {
        guard let name = certificate.directory else {
            preconditionFailure("the operator's certificates are not ours to store")
        }
        return try await store.write(
            [
                StoredFile(Self.chainFile, certificate.chain),
                StoredFile(Self.keyFile, certificate.key, .secret),
                StoredFile(Self.metadataFile, certificate.metadata.json),
            ], in: Self.key(name))
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
