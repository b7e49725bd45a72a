// SPDX-License-Identifier: Apache-2.0
import TLS

/// `tls`: what certificates and sessions are like.
struct TLSConfiguration: Equatable, Sendable {
    /// The kind of key made for new certificates. Default: ECDSA on P-256.
    var key = KeyType.ecdsa
    /// Tickets that a client gets to resume its session with; 0: sessions are not resumed.
    /// Default: 1.
    var tickets = 1

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
        keys.read(.tickets, into: &tls.tickets, in: 0...8)
        return tls
    }
}
