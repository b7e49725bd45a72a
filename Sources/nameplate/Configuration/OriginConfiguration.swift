// SPDX-License-Identifier: Apache-2.0
import HTTP
import Proxy

/// `origin`: how the application at `application_url` is spoken to.
struct OriginConfiguration: Equatable, Sendable {
    /// PEM certificates that an `https` application chains to. Default: the system's.
    var trustedRoots: TextFile?
    /// Whether an `https` application is offered HTTP/2. Default: no.
    var http2 = false
    /// The PROXY header that begins each connection. Default: none does.
    var proxyProtocol: ProxyProtocolVersion?
    /// For the TCP connection and the TLS handshake together. Default: 5 s.
    var connectTimeout = Duration.seconds(5)
    /// From the request to the head of its answer. Default: 60 s.
    var responseTimeout = Duration.seconds(60)
    /// Between two pieces of an answer's body. Default: 5 min.
    var bodyTimeout = Duration.seconds(300)
    /// For a request and its answer in all. Default: no such limit.
    var totalTimeout: Duration?
    /// How long a connection is kept for its next request. Default: 30 s.
    var idleTimeout = Duration.seconds(30)
    /// How many connections are kept so, for each loop. Default: 256.
    var idleConnections = 256
    /// Which of several origins gets the next request. Default: each in turn.
    var balance = OriginBalancer.Method.roundRobin
    /// When one of several origins gets no requests for a time.
    var aside = AsideConfiguration()
    /// How long the share of an origin that came back grows. Default: 10 s.
    var slowStart = Duration.seconds(10)
    /// Default: no health checks.
    var health: HealthConfiguration?

    enum Key: String, ConfigurationKey {
        case trustedRoots = "trusted_roots"
        case http2
        case proxyProtocol = "proxy_protocol"
        case connectTimeout = "connect_timeout"
        case responseTimeout = "response_timeout"
        case bodyTimeout = "body_timeout"
        case totalTimeout = "total_timeout"
        case idleTimeout = "idle_timeout"
        case idleConnections = "idle_connections"
        case balance
        case aside
        case slowStart = "slow_start"
        case health
    }
}

extension OriginConfiguration: ConfigurationValue {
    static func read(_ cursor: ConfigurationCursor) -> OriginConfiguration? {
        guard let keys = cursor.object(Key.self) else { return nil }
        var origin = OriginConfiguration()
        let wait = Duration.milliseconds(10) ... .seconds(3600)
        keys.read(.trustedRoots, into: &origin.trustedRoots)
        keys.read(.http2, into: &origin.http2)
        keys.read(.proxyProtocol, into: &origin.proxyProtocol)
        keys.read(.connectTimeout, into: &origin.connectTimeout, in: wait)
        keys.read(.responseTimeout, into: &origin.responseTimeout, in: wait)
        keys.read(.bodyTimeout, into: &origin.bodyTimeout, in: wait)
        keys.read(
            .totalTimeout, into: &origin.totalTimeout, in: .milliseconds(10) ... .seconds(86_400))
        keys.read(.idleTimeout, into: &origin.idleTimeout, in: wait)
        keys.read(.idleConnections, into: &origin.idleConnections, in: 0...100_000)
        keys.read(.balance, into: &origin.balance)
        keys.read(.aside, into: &origin.aside)
        keys.read(.slowStart, into: &origin.slowStart, in: .zero ... .seconds(3600))
        keys.read(.health, into: &origin.health)
        return origin
    }
}

/// The PROXY protocol's versions, by the names users know.
enum ProxyProtocolVersion: String, CaseIterable, ConfigurationValue {
    case v1
    case v2

    var version: ProxyHeader.Version {
        switch self {
        case .v1: .v1
        case .v2: .v2
        }
    }
}

extension OriginBalancer.Method: ConfigurationValue {}
