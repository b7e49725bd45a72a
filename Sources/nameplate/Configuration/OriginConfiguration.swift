// SPDX-License-Identifier: Apache-2.0

/// `origin`: how the application at `application_url` is spoken to.
struct OriginConfiguration: Equatable, Sendable {
    /// PEM certificates that an `https` application chains to. Default: the system's.
    var trustedRoots: TextFile?
    /// For the TCP connection and the TLS handshake together. Default: 5 s.
    var connectTimeout = Duration.seconds(5)
    /// From the request to the head of its answer. Default: 60 s.
    var responseTimeout = Duration.seconds(60)
    /// Between two pieces of an answer's body. Default: 5 min.
    var bodyTimeout = Duration.seconds(300)
    /// How long a connection is kept for its next request. Default: 30 s.
    var idleTimeout = Duration.seconds(30)
    /// How many connections are kept so, for each loop. Default: 256.
    var idleConnections = 256

    enum Key: String, ConfigurationKey {
        case trustedRoots = "trusted_roots"
        case connectTimeout = "connect_timeout"
        case responseTimeout = "response_timeout"
        case bodyTimeout = "body_timeout"
        case idleTimeout = "idle_timeout"
        case idleConnections = "idle_connections"
    }
}

extension OriginConfiguration: ConfigurationValue {
    static func read(_ cursor: ConfigurationCursor) -> OriginConfiguration? {
        guard let keys = cursor.object(Key.self) else { return nil }
        var origin = OriginConfiguration()
        let wait = Duration.milliseconds(10) ... .seconds(3600)
        keys.read(.trustedRoots, into: &origin.trustedRoots)
        keys.read(.connectTimeout, into: &origin.connectTimeout, in: wait)
        keys.read(.responseTimeout, into: &origin.responseTimeout, in: wait)
        keys.read(.bodyTimeout, into: &origin.bodyTimeout, in: wait)
        keys.read(.idleTimeout, into: &origin.idleTimeout, in: wait)
        keys.read(.idleConnections, into: &origin.idleConnections, in: 0...100_000)
        return origin
    }
}
