// SPDX-License-Identifier: Apache-2.0
import Networking

/// `management`: the interface for registering domains.
struct ManagementConfiguration: Sendable {
    /// Who may call it.
    struct Client: Sendable {
        let applicationID: String
        let clientSecret: Secret

        enum Key: String, ConfigurationKey {
            case applicationID = "application_id"
            case clientSecret = "client_secret"
        }
    }

    /// Where it listens.
    let listen: SocketAddress
    /// Default: nobody.
    var clients: [Client] = []

    enum Key: String, ConfigurationKey {
        case listen
        case clients
    }
}

extension ManagementConfiguration: ConfigurationValue {
    static func read(_ cursor: ConfigurationCursor) -> ManagementConfiguration? {
        guard let keys = cursor.object(Key.self) else { return nil }
        let listen: SocketAddress? = keys.require(
            .listen, "an address and port such as \"127.0.0.1:8081\"")
        let clients: [Client]? = keys.read(.clients)
        return listen.map { ManagementConfiguration(listen: $0, clients: clients ?? []) }
    }
}

extension ManagementConfiguration.Client: ConfigurationValue {
    static func read(_ cursor: ConfigurationCursor) -> ManagementConfiguration.Client? {
        guard let keys = cursor.object(Key.self) else { return nil }
        let id: String? = keys.require(.applicationID, "the client's name")
        let secret: Secret? = keys.require(.clientSecret, "the client's secret")
        guard let id, let secret else { return nil }
        return ManagementConfiguration.Client(applicationID: id, clientSecret: secret)
    }
}
