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
    let origins: OriginTable
    let proxy: ReverseProxy.Configuration
    let plain: PlainPort.Configuration
    /// Who sends PROXY headers.
    let proxies: [AddressBlock]

    /// - Parameter place: which of the data loops it is for.
    init(
        _ configuration: Configuration, for loop: EventLoop, place: Int, loopMark: LoopMark,
        observer: any ProxyObserver
    ) throws(EdgeError) {
        do throws(TLSError) {
            origins = try configuration.originTable(
                on: loop, place: place, observer: observer)
        } catch {
            throw EdgeError("origin.trusted_roots: \(error)")
        }
        var proxy = ReverseProxy.Configuration(configuration)
        proxy.loopMark = loopMark
        self.proxy = proxy
        plain = PlainPort.Configuration(configuration)
        proxies = configuration.listen.proxyProtocol
    }
}

extension Configuration {
    /// Every origin that a request may go to, once.
    var origins: Set<OriginURL> {
        Set(applicationURLs + domains.byName.values.flatMap(\.applicationURLs))
    }

    /// What the certificates of origins chain to.
    var originRoots: TrustedRoots {
        origin.trustedRoots.map { .pem($0.bytes) } ?? .system
    }

    /// The way to every origin, for one loop.
    fileprivate func originTable(
        on loop: EventLoop, place: Int, observer: any ProxyObserver
    ) throws(TLSError) -> OriginTable {
        let resolver = resolver(on: loop)
        var tls: ClientContext?
        // Clients of the management API may name one at any time.
        if management != nil || origins.contains(where: { $0.url.scheme == .https }) {
            tls = try ClientContext(
                trustedRoots: originRoots, alpn: origin.http2 ? ["h2", "http/1.1"] : ["http/1.1"])
        }
        return OriginTable(
            applicationURLs, configuration: .init(self), lookup: hostLookup(with: resolver),
            tls: tls, place: place, observer: observer, on: loop)
    }
}

extension OriginTable.Configuration {
    fileprivate init(_ configuration: Configuration) {
        self.init()
        pool = OriginPool.Configuration(configuration)
        balancer = OriginBalancer.Configuration(configuration.origin)
        domains = configuration.domains.byName.mapValues(\.applicationURLs)
        targets = OriginTargets(configuration)
    }
}

extension OriginBalancer.Configuration {
    fileprivate init(_ origin: OriginConfiguration) {
        self.init()
        method = origin.balance
        failuresMax = origin.aside.failures
        failureWindow = origin.aside.within
        aside = origin.aside.first
        asideMax = origin.aside.longest
        slowStart = origin.slowStart
    }
}

extension OriginPool.Configuration {
    fileprivate init(_ configuration: Configuration) {
        self.init()
        connectTimeout = configuration.origin.connectTimeout
        idleTimeout = configuration.origin.idleTimeout
        idleLimit = configuration.origin.idleConnections
        announces = configuration.origin.proxyProtocol?.version
    }
}

extension ReverseProxy.Configuration {
    fileprivate init(_ configuration: Configuration) {
        self.init()
        trustedProxies = TrustedProxies(configuration.trustedProxies)
        fields = FieldPolicy(configuration)
        maxBody = configuration.limits.maxBody.flatMap { UInt64(exactly: $0) }
        responseTimeout = configuration.origin.responseTimeout
        bodyTimeout = configuration.origin.bodyTimeout
        totalTimeout = configuration.origin.totalTimeout
        tunnelTimeout = configuration.limits.upgradedTimeout
        client = ServerConnection.Timeouts(configuration.limits)
        limits = HTTP1Limits(configuration.limits)
        http2 = HTTP2Limits(configuration.limits)
    }
}

extension HTTP2Limits {
    fileprivate init(_ limits: LimitsConfiguration) {
        self.init()
        concurrentStreams = limits.streams
        sectionBytes = limits.headBytes
    }
}

extension FieldPolicy {
    fileprivate convenience init(_ configuration: Configuration) {
        self.init(
            sendsForwarded: configuration.forwarding.forwarded,
            requests: configuration.requestHeaders, answers: configuration.responseHeaders,
            strictTransportSecurity: configuration.hsts)
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
