// SPDX-License-Identifier: Apache-2.0
import TLS

/// `tls`: what certificates and sessions are like.
struct TLSConfiguration: Equatable, Sendable {
    /// The kind of key made for new certificates. Default: ECDSA on P-256.
    var key = KeyType.ecdsa
    /// Whether sessions may be resumed by ticket. Default: true.
    var tickets = true

    enum Key: String, ConfigurationKey {
        case key
        case tickets
    }

    /// The kinds of keys, by the names users know.
    enum KeyType: String, CaseIterable, ConfigurationValue {
        case ecdsa
        case rsa

        var kind: KeyKind {
            switch self {
            case .ecdsa: .p256
            case .rsa: .rsa2048
            }
        }
    }
}

extension TLSConfiguration: ConfigurationValue {
    static func read(_ cursor: ConfigurationCursor) -> TLSConfiguration? {
        guard let keys = cursor.object(Key.self) else { return nil }
        var tls = TLSConfiguration()
        keys.read(.key, into: &tls.key)
        keys.read(.tickets, into: &tls.tickets)
        return tls
    }
}
