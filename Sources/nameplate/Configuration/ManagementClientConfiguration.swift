// SPDX-License-Identifier: Apache-2.0
import Management
import Registry
import TLS

/// An element of `management.clients`: who may call the API, and what for.
struct ManagementClientConfiguration: Sendable {
    let applicationID: String
    let secret: ClientSecret
    /// Whose objects it sees; clients of one account see the same. Default: "main".
    var account = Caller.mainAccount
    /// Default: read and write.
    var scopes: [ManagementClient.Scope] = [.read, .write]

    /// What a client shows to be let in.
    enum ClientSecret: Sendable {
        case text(Secret)
        /// SHA-256 of it: 32 bytes.
        case hash([UInt8])
    }

    enum Key: String, ConfigurationKey {
        case applicationID = "application_id"
        case clientSecret = "client_secret"
        case clientSecretHash = "client_secret_hash"
        case account
        case scopes
    }

    /// The same in the words of the API.
    var credential: ClientCredential {
        let client = ManagementClient(
            applicationID: applicationID, account: account, scopes: Set(scopes))
        switch secret {
        case .text(let secret): return ClientCredential(client: client, secret: secret.text)
        case .hash(let hash): return ClientCredential(client: client, secretHash: hash)
        }
    }
}

extension ManagementClient.Scope: ConfigurationValue {}

extension ManagementClientConfiguration: ConfigurationValue {
    static func read(_ cursor: ConfigurationCursor) -> ManagementClientConfiguration? {
        guard let keys = cursor.object(Key.self) else { return nil }
        let id: String? = keys.require(.applicationID, "the client's name")
        let secret = secret(in: keys, at: cursor)
        guard let id, let secret else { return nil }
        var client = ManagementClientConfiguration(applicationID: id, secret: secret)
        keys.read(.account, into: &client.account)
        keys.read(.scopes, into: &client.scopes)
        if !Self.isName(client.account) {
            keys.cursor(.account)?.expected("a name of letters, digits, \"-\" and \"_\"")
        }
        if !id.utf8.allSatisfy({ (0x21...0x7e).contains($0) && $0 != UInt8(ascii: ":") }) {
            // Basic authentication ends the name at the colon (RFC 7617 §2).
            keys.cursor(.applicationID)?.expected("a name of ASCII without blanks and colons")
        }
        if id == Caller.edgeActor {
            keys.cursor(.applicationID)?.expected("another name: in events \"\(id)\" is the edge")
        }
        return client
    }

    private static func secret(
        in keys: ConfigurationObject<Key>, at cursor: ConfigurationCursor
    ) -> ClientSecret? {
        switch (keys.cursor(.clientSecret), keys.cursor(.clientSecretHash)) {
        case (let place?, nil): return Secret.read(place).map { .text($0) }
        case (nil, let place?): return hash(at: place).map { .hash($0) }
        case (nil, nil):
            let secret: Secret? = keys.require(.clientSecret, "the client's secret")
            return secret.map { .text($0) }
        case (.some, .some):
            cursor.problem("expected client_secret or client_secret_hash, found both")
            return nil
        }
    }

    /// `sha256:` and 64 hexadecimal digits. No message repeats it.
    private static func hash(at place: ConfigurationCursor) -> [UInt8]? {
        guard let text = Secret.read(place)?.text else { return nil }
        let digits = Array(text.utf8.dropFirst(prefix.utf8.count))
        let bytes = stride(from: 0, to: digits.count, by: 2).compactMap { index in
            digits[index...].prefix(2).allSatisfy(isHexDigit)
                ? UInt8(String(decoding: digits[index...].prefix(2), as: UTF8.self), radix: 16)
                : nil
        }
        guard text.hasPrefix(prefix), digits.count == 64, bytes.count == 32 else {
            place.problem("expected \"sha256:\" and 64 hexadecimal digits, found something else")
            return nil
        }
        return bytes
    }

    private static let prefix = "sha256:"

    private static func isHexDigit(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "a")...UInt8(ascii: "f"),
            UInt8(ascii: "A")...UInt8(ascii: "F"):
            true
        default: false
        }
    }

    /// An account is a part of the keys that records are filed under.
    private static func isName(_ text: String) -> Bool {
        text.utf8.count <= 64
            && text.utf8.allSatisfy { byte in
                switch byte {
                case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                    UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "_"):
                    true
                default: false
                }
            }
    }
}
