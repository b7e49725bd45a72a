// SPDX-License-Identifier: Apache-2.0
package import Networking
package import TLS

/// Which origins a request is for, by its host, on one loop: a domain's own, or those of
/// `application_url`.
package final class OriginTable {
    package struct Configuration: Sendable {
        package var pool = OriginPool.Configuration()
        package var balancer = OriginBalancer.Configuration()
        /// The domains that have origins of their own.
        package var domains: [CertificateName: [OriginURL]] = [:]

        package init() {}
    }

    private let configuration: Configuration
    private let lookup: any HostLookup
    private let tls: ClientContext?
    private let place: Int
    private let loop: EventLoop
    private let fallback: Origins
    /// Made when they are first asked for. Domains with the same origins share them.
    private var made: [[OriginURL]: Origins] = [:]

    /// May be called off the loop.
    ///
    /// - Parameters:
    ///   - tls: must be there when an origin is `https`.
    ///   - place: which of the loops this is: each begins its rounds elsewhere.
    package init(
        _ urls: [OriginURL], configuration: Configuration, lookup: any HostLookup,
        tls: ClientContext?, place: Int = 0, on loop: EventLoop
    ) {
        self.configuration = configuration
        self.lookup = lookup
        self.tls = tls
        self.place = place
        self.loop = loop
        fallback = Self.origins(urls, configuration, lookup, tls, place, on: loop)
        made[urls] = fallback
    }

    /// The origins for a request to `host`:
    ///
    /// 1. Those of the domain itself.
    /// 2. Those of the wildcard that stands for its first label.
    /// 3. Those of `application_url`.
    package func origins(for host: Span<UInt8>) -> Origins {
        guard !configuration.domains.isEmpty, let name = ServerName(host) else { return fallback }
        let own =
            configuration.domains[.exact(name)]
            ?? name.parent.flatMap { configuration.domains[.wildcard(of: $0)] }
        return own.map(origins) ?? fallback
    }

    private func origins(_ urls: [OriginURL]) -> Origins {
        if let origins = made[urls] { return origins }
        let origins = Self.origins(urls, configuration, lookup, tls, place, on: loop)
        made[urls] = origins
        return origins
    }

    private static func origins(
        _ urls: [OriginURL], _ configuration: Configuration, _ lookup: any HostLookup,
        _ tls: ClientContext?, _ place: Int, on loop: EventLoop
    ) -> Origins {
        let pools = urls.map { url in
            OriginPool(
                origin: Origin(url: url, lookup: lookup, tls: tls),
                configuration: configuration.pool, on: loop)
        }
        return Origins(pools, first: place, configuration: configuration.balancer, on: loop)
    }

    /// Closes what waits; what is in use is closed when it comes back. For a changed configuration.
    package func retire() {
        for origins in made.values { origins.retire() }
    }
}
