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
        /// Where origins may be that clients of the management API set.
        package var targets = OriginTargets()

        package init() {}
    }

    private let domains: [CertificateName: [OriginURL]]
    /// What clients of the management API have set.
    private var registered: [CertificateName: [OriginURL]] = [:]
    /// How many of `registered` have these origins.
    private var uses: [[OriginURL]: Int] = [:]
    private var withdrawn: Set<CertificateName> = []
    private let parts: OriginParts
    private let restriction: OriginRestriction
    private let fallback: Origins
    /// Made when they are first asked for. Domains with the same origins share them.
    private var made: [Choice: Origins] = [:]
    /// The origins whose health checks fail.
    private var sick: Set<OriginURL> = []

    /// Origins and who has chosen them: only what the operator configured may be anywhere.
    private struct Choice: Hashable {
        let urls: [OriginURL]
        let isRegistered: Bool
    }

    /// May be called off the loop.
    ///
    /// - Parameters:
    ///   - tls: must be there when an origin is `https`.
    ///   - place: which of the loops this is: each begins its rounds elsewhere.
    package init(
        _ urls: [OriginURL], configuration: Configuration, lookup: any HostLookup,
        tls: ClientContext?, place: Int = 0, observer: any ProxyObserver, on loop: EventLoop
    ) {
        domains = configuration.domains
        let waiting = IdleConnections(
            limit: configuration.pool.idleLimit, timeout: configuration.pool.idleTimeout, on: loop)
        parts = OriginParts(
            configuration: configuration, lookup: lookup, tls: tls, place: place,
            waiting: waiting, observer: observer, loop: loop)
        restriction = OriginRestriction(configuration.targets)
        fallback = parts.origins(urls, nil)
        made[Choice(urls: urls, isRegistered: false)] = fallback
    }

    /// The origins for a request to `host`:
    ///
    /// 1. None for a name that was deprovisioned: nil.
    /// 2. Those that the configuration has for the domain itself, then for the wildcard that stands for
    ///    its first label: no client of the management API takes what the operator sends elsewhere.
    /// 3. Those that were registered, likewise.
    /// 4. Those of `application_url`.
    package func origins(for host: Span<UInt8>) -> Origins? {
        let isPlain = domains.isEmpty && registered.isEmpty && withdrawn.isEmpty
        guard !isPlain, let name = ServerName(host) else { return fallback }
        if withdrawn.contains(.exact(name)) { return nil }
        let wildcard = name.parent.map { CertificateName.wildcard(of: $0) }
        func own(_ known: [CertificateName: [OriginURL]]) -> [OriginURL]? {
            known[.exact(name)] ?? wildcard.flatMap { known[$0] }
        }
        if let urls = own(domains) { return origins(Choice(urls: urls, isRegistered: false)) }
        return own(registered).map { origins(Choice(urls: $0, isRegistered: true)) } ?? fallback
    }

    /// Says where origins may be that clients of the management API set. Counts for new connections.
    package func restrict(to targets: OriginTargets) {
        restriction.targets = targets
    }

    /// Gives a domain origins of its own; none: takes them away.
    package func set(_ urls: [OriginURL], for name: CertificateName) {
        if let before = registered.removeValue(forKey: name) { release(before) }
        guard !urls.isEmpty else { return }
        registered[name] = urls
        uses[urls, default: 0] += 1
    }

    /// Has no origin for a name that was deprovisioned; or has one again.
    package func set(_ name: CertificateName, isWithdrawn: Bool) {
        if isWithdrawn { withdrawn.insert(name) } else { withdrawn.remove(name) }
    }

    /// Takes over from the table in whose place it comes what no configuration says.
    package func adopt(_ other: OriginTable) {
        for (name, urls) in other.registered { set(urls, for: name) }
        withdrawn = other.withdrawn
    }

    /// Lets go of origins that no domain has any more.
    private func release(_ urls: [OriginURL]) {
        let left = uses[urls, default: 1] - 1
        uses[urls] = left > 0 ? left : nil
        guard left == 0 else { return }
        made.removeValue(forKey: Choice(urls: urls, isRegistered: true))?.retire()
    }

    /// What the health checks of an origin say from now on.
    package func checked(_ url: OriginURL, isHealthy: Bool) {
        if isHealthy { sick.remove(url) } else { sick.insert(url) }
        for origins in made.values { origins.checked(url, isHealthy: isHealthy) }
    }

    /// Closes what waits; what is in use is closed when it comes back. For a changed configuration.
    package func retire() {
        for origins in made.values { origins.retire() }
    }

    private func origins(_ choice: Choice) -> Origins {
        if let origins = made[choice] { return origins }
        let origins = parts.origins(choice.urls, choice.isRegistered ? restriction : nil)
        for url in sick { origins.checked(url, isHealthy: false) }
        made[choice] = origins
        return origins
    }
}

/// What all origins of a loop are made from.
private struct OriginParts {
    let configuration: OriginTable.Configuration
    let lookup: any HostLookup
    let tls: ClientContext?
    let place: Int
    let waiting: IdleConnections
    let observer: any ProxyObserver
    let loop: EventLoop

    /// - Parameter restriction: nil where the operator has chosen them.
    func origins(_ urls: [OriginURL], _ restriction: OriginRestriction?) -> Origins {
        let pools = urls.map { url in
            var origin = Origin(url: url, lookup: lookup, tls: tls)
            origin.restriction = restriction
            return OriginPool(
                origin: origin, configuration: configuration.pool, waiting: waiting, on: loop)
        }
        return Origins(
            pools, isRegistered: restriction != nil, first: place,
            configuration: configuration.balancer, observer: observer, on: loop)
    }
}
