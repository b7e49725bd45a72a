// SPDX-License-Identifier: Apache-2.0
import ACME
import FoundationEssentials
import Storage
import TLS

/// What an ACME issuer keeps, in `accounts/<issuer>`: the account's key in `key.pem`, everything
/// else in `account.json`.
///
/// The key is on disk before the CA hears of it. After a crash in between, the same key finds the
/// same account, since opening an account again under its key answers the one there is.
struct AccountFiles: Sendable {
    private let store: any KeyValueStore
    private let key: StorageKey

    init(_ store: any KeyValueStore, key: StorageKey) {
        self.store = store
        self.key = key
    }

    /// `account.json`.
    struct Document: Codable, Equatable {
        var directory: String
        var url: ResourceURL
        var contact: [String]
    }

    /// Nil when there is none. A document that cannot be read counts as absent: the key finds its
    /// account. A key that cannot be read is an error, for somebody may want to repair it.
    func load() async throws -> (key: PrivateKey, document: Document?)? {
        guard let files = try await store.read([Self.keyName, Self.documentName], in: key),
            let pem = files.contents[Self.keyName]
        else { return nil }
        let document = files.contents[Self.documentName].flatMap {
            try? JSONDecoder().decode(Document.self, from: Data($0))
        }
        do { return (try PrivateKey(pem: pem), document) } catch {
            throw Unreadable(
                path: "\(key)/\(Self.keyName)", kind: "private key", reason: error)
        }
    }

    func save(_ account: PrivateKey) async throws {
        try await store.write([StoredFile(Self.keyName, try account.pem, .secret)], in: key)
    }

    func save(_ document: Document) async throws {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        let bytes = [UInt8](try encoder.encode(document))
        try await store.write([StoredFile(Self.documentName, bytes)], in: key)
    }

    private static let keyName = "key.pem"
    private static let documentName = "account.json"
}

/// Something in storage that is not what it should be: the operator's to repair or to remove.
struct Unreadable: Error, CustomStringConvertible {
    let path: String
    let kind: String
    let reason: TLSError

    var description: String { "\(path) is no \(kind): \(reason)" }
}
