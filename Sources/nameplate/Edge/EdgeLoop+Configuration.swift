// SPDX-License-Identifier: Apache-2.0
import DNS
import HTTP
import Networking
import Provisioning
import Proxy
import TLS

/// What a data loop runs with, made from the configuration off the loop: reading the system's
/// trusted roots takes too long for it.
struct EdgeLoopSettings {
    let pool: OriginPool
    let proxy: ReverseProxy.Configuration
    let plain: PlainPort.Configuration

    init(_ configuration: Configuration, for loop: EventLoop) throws(EdgeError) {
        var origin: Origin
        do throws(TLSError) {
            origin = try Origin(configuration, for: loop)
        } catch {
            throw EdgeError("origin.trusted_roots: \(error)")
        }
        pool = OriginPool(origin: origin, configuration: .init(configuration), on: loop)
        proxy = ReverseProxy.Configuration(configuration)
        plain = PlainPort.Configuration(configuration)
    }
}

extension Origin {
    fileprivate init(_ configuration: Configuration, for loop: EventLoop) throws(TLSError) {
        let resolver = configuration.resolver(on: loop)
        var tls: ClientContext?
        if configuration.applicationURL.scheme == .https {
            let roots = configuration.origin.trustedRoots
            tls = try ClientContext(
                trustedRoots: roots.map { .pem($0.bytes) } ?? .system, alpn: ["http/1.1"])
        }
        self.init(
            url: configuration.applicationURL, lookup: configuration.hostLookup(with: resolver),
            tls: tls)
    }
}

extension OriginPool.Configuration {
    fileprivate init(_ configuration: Configuration) {
        self.init()
        connectTimeout = configuration.origin.connectTimeout
        idleTimeout = configuration.origin.idleTimeout
        idleLimit = configuration.origin.idleConnections
    }
}

extension ReverseProxy.Configuration {
    fileprivate init(_ configuration: Configuration) {
        self.init()
        trustedProxies = TrustedProxies(configuration.trustedProxies)
        responseTimeout = configuration.origin.responseTimeout
        bodyTimeout = configuration.origin.bodyTimeout
        tunnelTimeout = configuration.limits.upgradedTimeout
        client = ServerConnection.Timeouts(configuration.limits)
        limits = HTTP1Limits(configuration.limits)
    }
}

extension PlainPort.Configuration {
    fileprivate init(_ configuration: Configuration) {
        limits = HTTP1Limits(configuration.limits)
        timeouts = ServerConnection.Timeouts(configuration.limits)
    }
}

extension ServerConnection.Timeouts {
    fileprivate init(_ limits: LimitsConfiguration) {
        self.init()
        head = limits.headTimeout
        idle = limits.idleTimeout
        body = limits.bodyTimeout
    }
}

extension HTTP1Limits {
    fileprivate init(_ limits: LimitsConfiguration) {
        self.init()
        headBytes = limits.headBytes
        startLineBytes = min(startLineBytes, limits.headBytes)
    }
}

extension LoopCertificates.Configuration {
    init(_ configuration: Configuration) {
        self.init()
        hold = configuration.onDemand.hold
    }
}
