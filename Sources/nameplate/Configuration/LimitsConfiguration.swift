// SPDX-License-Identifier: Apache-2.0

/// `limits`: what one client may take of us, in time and in memory.
struct LimitsConfiguration: Equatable, Sendable {
    /// From the connection to the end of its TLS handshake, holds not counted. Default: 10 s.
    var handshakeTimeout = Duration.seconds(10)
    /// From the first to the last byte of a request's head. Default: 15 s.
    var headTimeout = Duration.seconds(15)
    /// Silence between two pieces of a body. Default: 60 s.
    var bodyTimeout = Duration.seconds(60)
    /// Silence between two requests. Default: 75 s.
    var idleTimeout = Duration.seconds(75)
    /// Silence of both sides of an upgraded connection. Default: 1 h.
    var upgradedTimeout = Duration.seconds(3600)
    /// The longest request head, in bytes. Default: 32,768.
    var headBytes = 32_768
    /// Requests that one HTTP/2 connection may have under way. Default: 128.
    var streams = 128
    /// The longest request body, in bytes. Default: nil, no bound.
    var maxBody: Int?
    /// Open client connections, for each loop. Default: 100,000.
    var connections = 100_000

    enum Key: String, ConfigurationKey {
        case handshakeTimeout = "handshake_timeout"
        case headTimeout = "head_timeout"
        case bodyTimeout = "body_timeout"
        case idleTimeout = "idle_timeout"
        case upgradedTimeout = "upgraded_timeout"
        case headBytes = "head_bytes"
        case streams
        case maxBody = "max_body"
        case connections
    }
}

extension LimitsConfiguration: ConfigurationValue {
    static func read(_ cursor: ConfigurationCursor) -> LimitsConfiguration? {
        guard let keys = cursor.object(Key.self) else { return nil }
        var limits = LimitsConfiguration()
        let wait = Duration.milliseconds(100) ... .seconds(86_400)
        keys.read(.handshakeTimeout, into: &limits.handshakeTimeout, in: wait)
        keys.read(.headTimeout, into: &limits.headTimeout, in: wait)
        keys.read(.bodyTimeout, into: &limits.bodyTimeout, in: wait)
        keys.read(.idleTimeout, into: &limits.idleTimeout, in: wait)
        keys.read(.upgradedTimeout, into: &limits.upgradedTimeout, in: wait)
        keys.read(.headBytes, into: &limits.headBytes, in: 1024...1_048_576)
        keys.read(.streams, into: &limits.streams, in: 1...10_000)
        var maxBody = 0
        keys.read(.maxBody, into: &maxBody, in: 1...1 << 50)
        limits.maxBody = maxBody > 0 ? maxBody : nil
        keys.read(.connections, into: &limits.connections, in: 1...10_000_000)
        return limits
    }
}
