// SPDX-License-Identifier: Apache-2.0
import DNS
import FoundationEssentials
import Networking
import Provisioning
import TLS

/// `challenge_zone`: where customers' `_acme-challenge` names lead to, so that we can answer dns-01.
struct ChallengeZoneConfiguration: Equatable, Sendable {
    /// Default: none, it must be given.
    let name: ServerName
    /// Where we answer for it ourselves. Default: nowhere; `dns.update` names the server then.
    var listen: [SocketAddress] = []
    /// The names of those addresses, for the zone's NS records. Needed with `listen`.
    var nameServers: [ServerName] = []
    /// A and AAAA of those name servers that lie within the zone. Default: none.
    var addresses: [IPAddress] = []

    enum Key: String, ConfigurationKey {
        case name
        case listen
        case nameServers = "name_servers"
        case addresses
    }
}

extension ChallengeZoneConfiguration: ConfigurationValue {
    static func read(_ cursor: ConfigurationCursor) -> ChallengeZoneConfiguration? {
        guard let keys = cursor.object(Key.self) else { return nil }
        let name: ServerName? = keys.require(
            .name, "the zone's name such as \"acme.edge.saascompany.com\"")
        if let name, name.text.utf8.count > ChallengeZoneName.bytesMax {
            keys.cursor(.name)?.expected(
                "a name of at most \(ChallengeZoneName.bytesMax) characters, so that a label of "
                    + "ours fits before it")
        }
        guard let name = name ?? ServerName("acme.edge.saascompany.com") else { return nil }
        var zone = ChallengeZoneConfiguration(name: name)
        keys.read(.listen, into: &zone.listen)
        keys.read(.nameServers, into: &zone.nameServers)
        keys.read(.addresses, into: &zone.addresses)
        guard !zone.listen.isEmpty else { return zone }
        if zone.nameServers.isEmpty {
            keys.expect(.nameServers, "the names of this zone's servers, because listen is given")
        }
        let isWithin = zone.nameServers.contains { DNSName($0).isWithin(DNSName(name)) }
        if isWithin && zone.addresses.isEmpty {
            keys.expect(.addresses, "the addresses of the name servers that lie within the zone")
        }
        return zone
    }
}

/// `dns.update`: the server that takes the challenge zone's records from us (RFC 2136).
struct UpdateConfiguration: Equatable, Sendable {
    /// The zone's primary.
    let server: SocketAddress
    /// The zone as that server has it: the challenge zone, or one that it lies within.
    let zone: ServerName
    let key: Key

    /// `dns.update.key`: what updates are signed with (RFC 8945).
    struct Key: Equatable, Sendable {
        /// As the server calls it.
        let name: DNSName
        var algorithm = TransactionKey.Algorithm.hmacSHA256
        /// In base64.
        let secret: Secret

        enum Member: String, ConfigurationKey {
            case name
            case algorithm
            case secret
        }
    }

    enum Member: String, ConfigurationKey {
        case server
        case zone
        case key
    }
}

extension UpdateConfiguration: ConfigurationValue {
    static func read(_ cursor: ConfigurationCursor) -> UpdateConfiguration? {
        guard let keys = cursor.object(Member.self) else { return nil }
        let server: SocketAddress? = keys.require(
            .server, "the address and port of the zone's primary such as \"127.0.0.1:53\"")
        let zone: ServerName? = keys.require(
            .zone, "the zone that the server is primary of, such as \"edge.saascompany.com\"")
        let key: Key? = keys.require(.key, "{ name, algorithm, secret }")
        guard let server, let zone, let key else { return nil }
        return UpdateConfiguration(server: server, zone: zone, key: key)
    }
}

extension UpdateConfiguration.Key: ConfigurationValue {
    static func read(_ cursor: ConfigurationCursor) -> UpdateConfiguration.Key? {
        guard let keys = cursor.object(Member.self) else { return nil }
        let name: DNSName? = keys.require(.name, "the key's name such as \"nameplate.edge\"")
        let secret: Secret? = keys.require(.secret, "the key's secret in base64")
        guard let name, let secret else { return nil }
        if secret.base64.map(\.isEmpty) ?? true {
            keys.cursor(.secret)?.problem("expected base64, found other text")
        }
        var key = UpdateConfiguration.Key(name: name, secret: secret)
        keys.read(.algorithm, into: &key.algorithm)
        return key
    }
}

extension TransactionKey.Algorithm: ConfigurationValue {}

extension DNSName: ConfigurationValue {
    static func read(_ cursor: ConfigurationCursor) -> DNSName? {
        guard case .string(let text) = cursor.value.kind, let name = DNSName(text), !name.isRoot
        else {
            cursor.expected("a name in DNS such as \"nameplate.edge\"")
            return nil
        }
        return name
    }
}

extension Secret {
    /// The bytes that it spells in base64; nil when it is something else.
    fileprivate var base64: [UInt8]? { Data(base64Encoded: text).map(Array.init) }
}

extension IPAddress: ConfigurationValue {
    static func read(_ cursor: ConfigurationCursor) -> IPAddress? {
        guard case .string(let text) = cursor.value.kind, let address = IPAddress(text) else {
            cursor.expected("an address such as \"192.0.2.1\" or \"2001:db8::1\"")
            return nil
        }
        return address
    }
}

extension UpdateConfiguration.Key {
    /// The key as DNS uses it.
    var transactionKey: TransactionKey {
        TransactionKey(name: name, algorithm: algorithm, secret: secret.base64 ?? [])
    }
}
