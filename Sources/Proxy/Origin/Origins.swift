// SPDX-License-Identifier: Apache-2.0
import HTTP
import Networking

/// The origins that share the requests of some domains, on one loop.
///
/// An exchange takes a lease, says whether the origin answered (`succeeded`, `failed`), gives the
/// connection back to `lease.pool` or closes it, and ends the lease, once.
package final class Origins {
    package let pools: [OriginPool]
    /// Whether a client of the management API has set them: requests to them may come back here.
    let isRegistered: Bool
    private var balancer: OriginBalancer
    private let observer: any ProxyObserver
    let loop: EventLoop

    /// Origins that one request may fail to reach before it is given up.
    private static let attemptsMax = 3

    init(
        _ pools: [OriginPool], isRegistered: Bool, first: Int,
        configuration: OriginBalancer.Configuration, observer: any ProxyObserver,
        on loop: EventLoop
    ) {
        self.pools = pools
        self.isRegistered = isRegistered
        self.observer = observer
        self.loop = loop
        balancer = OriginBalancer(
            count: pools.count, first: first, configuration: configuration)
    }

    /// Whether the origins are told of the client in a PROXY header.
    var announces: Bool { pools.contains { $0.configuration.announces != nil } }

    /// A connection to the origin whose turn it is, kept or new. One that cannot be reached has seen
    /// nothing of the request, so the next one is tried whatever the method; all attempts together
    /// take no longer than the connect timeout.
    ///
    /// - Parameter avoided: the origins that failed this request already.
    func take(
        _ demand: OriginDemand, avoiding avoided: OriginSet = OriginSet()
    ) async throws(OriginError) -> OriginLease {
        var avoided = avoided
        var failure = OriginError.unresolvable("no origin is left")
        var deadline: Instant?
        var attempts = min(pools.count, Self.attemptsMax)
        while attempts > 0,
            let pick = balancer.pick(
                at: loop.now, avoiding: avoided, isRepeatable: demand.isRepeatable)
        {
            let pool = pools[pick.place]
            if let kept = pool.take(demand) {
                return OriginLease(link: kept, pool: pool, pick: pick)
            }
            let end = deadline ?? .now + pool.configuration.connectTimeout
            deadline = end
            do {
                // An origin that does not answer leaves time for those behind it.
                let share = Instant.now.duration(to: end) / attempts
                let link = try await pool.connect(within: share, demand)
                return OriginLease(link: link, pool: pool, pick: pick)
            } catch {
                note(balancer.failed(pick, at: .now), of: pick, because: error)
                balancer.ended(pick)
                avoided.insert(pick.place)
                failure = error
            }
            // The last share ends with the time.
            attempts = Instant.now < end ? attempts - 1 : 0
        }
        throw failure
    }

    /// Whether there is an origin that has not failed this request.
    func hasOther(than avoided: OriginSet) -> Bool {
        pools.indices.contains { !avoided.contains($0) }
    }

    /// The origin has begun to answer.
    func succeeded(_ lease: OriginLease) {
        guard pools.count > 1 else { return }
        note(balancer.succeeded(lease.pick, at: loop.now), of: lease.pick)
    }

    /// The origin did not answer, over a connection that had carried requests before or over a new one.
    func failed(_ lease: OriginLease, _ error: OriginError, isReused: Bool) {
        switch error {
        // A kept connection that proves dead, or takes no more streams, was closed in good order: not a
        // sign of illness.
        case .closedEarly where isReused, .refused where isReused: return
        default: break
        }
        note(balancer.failed(lease.pick, at: loop.now), of: lease.pick, because: error)
    }

    /// Ends a lease, however its exchange ended. What becomes of the connection is the exchange's.
    func end(_ lease: OriginLease) {
        balancer.ended(lease.pick)
    }

    /// What the health checks of an origin say from now on.
    func checked(_ url: OriginURL, isHealthy: Bool) {
        guard pools.count > 1 else { return }
        for (place, pool) in pools.enumerated() where pool.origin.url == url {
            balancer.checked(place, isHealthy: isHealthy, at: loop.now)
        }
    }

    /// Closes what waits; what is in use is closed when it comes back.
    func retire() {
        for pool in pools { pool.retire() }
    }

    private func note(
        _ change: OriginBalancer.Change?, of pick: OriginBalancer.Pick,
        because error: OriginError? = nil
    ) {
        guard let change else { return }
        let origin = "\(pools[pick.place].origin.url)"
        switch change {
        case .putAside(let time):
            let reason = error.map { "\($0)" } ?? ""
            observer.note(.originPutAside(origin: origin, time: time, reason: reason))
        case .cameBack:
            observer.note(.originCameBack(origin: origin))
        }
    }
}

/// One exchange's place at an origin, and the connection that it goes over.
struct OriginLease {
    let link: OriginLink
    /// Where it goes when both messages are whole.
    let pool: OriginPool
    fileprivate let pick: OriginBalancer.Pick

    /// Which of the origins it is.
    var place: Int { pick.place }
}
