// SPDX-License-Identifier: Apache-2.0
package import FoundationEssentials
package import Networking
import Storage
import TLS

/// Finds or obtains the certificates that handshakes wait for: one flight a name, whose result and
/// whose error all share.
///
/// A flight passes these gates, and stops at the first that refuses:
/// 1. whether it was deprovisioned, and then what is in service by now, for the question was some time on
///    its way;
/// 2. the memory of refusals;
/// 3. storage: a certificate that is there is served, whatever the gates below would say;
/// 4. `on_demand.enabled`, then `registered_only`;
/// 5. the bounds on flights and on new names a minute;
/// 6. `on_demand.ask`;
/// 7. DNS and CAA;
/// 8. the issuers, in order;
/// 9. storage again, and then the message to every data loop.
///
/// Lives on the control loop. A flight goes on when those who wait for it have left.
package actor Provisioner {
    nonisolated let loop: EventLoop
    package nonisolated var unownedExecutor: UnownedSerialExecutor {
        unsafe loop.serialExecutor.asUnownedSerialExecutor()
    }

    let table: LoopBound<CertificateTable>
    let refusals: LoopBound<Refusals>
    let files: CertificateFiles
    let events: any EventSink
    let clock: @Sendable () -> Date
    /// Who else knows names that may be visited; nil: nobody.
    let registration: (any NameRegistration)?

    package internal(set) var policy: ProvisioningPolicy
    private var holds = HoldCounts()
    private var newNames: NewNameBudget
    private var flights: [ServerName: Flight] = [:]
    /// Flights past storage.
    private var obtaining = 0
    private var overloadReports: [Overload: Instant] = [:]
    /// Issued and in memory, but not stored: `storeAgain` keeps trying.
    var unstored: [CertificateName: StoredCertificate] = [:]
    var isStoringAgain = false
    var prospects = Prospects()

    /// All are on `loop`, the control loop.
    package init(
        loop: EventLoop, table: LoopBound<CertificateTable>, refusals: LoopBound<Refusals>,
        files: CertificateFiles, policy: ProvisioningPolicy, events: any EventSink,
        registration: (any NameRegistration)? = nil,
        clock: @escaping @Sendable () -> Date = { Date() }
    ) {
        self.loop = loop
        self.table = table
        self.refusals = refusals
        self.files = files
        self.policy = policy
        self.events = events
        self.registration = registration
        self.clock = clock
        newNames = NewNameBudget(perMinute: policy.limits.newNamesPerMinute, now: .now)
    }

    /// Takes up a configuration that was read again. Flights under way end as they began.
    package func adopt(_ policy: ProvisioningPolicy) {
        if policy.limits.newNamesPerMinute != self.policy.limits.newNamesPerMinute {
            newNames = NewNameBudget(perMinute: policy.limits.newNamesPerMinute, now: loop.now)
        }
        self.policy = policy
    }

    // MARK: Those who wait

    /// The certificate for a held handshake, or why there is none. Ends by the hold's deadline.
    package func certificate(
        for hold: Hold
    ) async -> Result<StoredCertificate, ProvisioningFailure> {
        do {
            try holds.admit(hold, limits: policy.limits)
        } catch {
            return .failure(overloaded(error, hold.name))
        }
        defer { holds.release(hold) }
        let flight = flights[hold.name] ?? depart(hold.name)
        let outcome = await flight.outcome(for: hold)
        if case .failure(.tooSlow) = outcome { reportDelay(of: flight) }
        return outcome
    }

    /// The handshake is over: its place is given to others. The flight goes on.
    package nonisolated func abandon(_ hold: Hold) {
        loop.execute {
            self.assumeIsolated { $0.flights[hold.name]?.leave(hold, with: .abandoned) }
        }
    }

    /// Handshakes held and names in flight, for whoever watches.
    package var load: (held: Int, flights: Int) { (holds.total, flights.count) }

    // MARK: Flights

    /// Whether somebody is at work on `name`.
    func isInFlight(_ name: ServerName) -> Bool { flights[name] != nil }

    func flight(of name: ServerName) -> Flight? { flights[name] }

    private func depart(_ name: ServerName) -> Flight {
        let flight = begin(name)
        Task { land(flight, await find(name)) }
        return flight
    }

    /// Handshakes that come from now on wait for this flight.
    func begin(_ name: ServerName, isManaged: Bool = false) -> Flight {
        let flight = Flight(name, isManaged: isManaged, on: loop)
        flights[name] = flight
        return flight
    }

    func land(_ flight: Flight, _ outcome: Flight.Outcome) {
        if flights[flight.name] === flight { flights[flight.name] = nil }
        flight.land(outcome)
    }

    /// Lands what waited for these certificates to be installed.
    func landManaged(on certificates: [StoredCertificate]) {
        for certificate in certificates {
            for host in certificate.hosts {
                guard let flight = flights[host], flight.isManaged else { continue }
                land(flight, .success(certificate))
            }
        }
    }

    private func find(_ name: ServerName) async -> Flight.Outcome {
        do throws(ProvisioningFailure) {
            try await requireNotWithdrawn(name)
            if let certificate = table.value.certificate(for: name, at: clock()) {
                return .success(certificate)
            }
            if let refusal = refusals.value.refusal(of: name) {
                throw .refused(refusal.reason, why: "refused before, until \(refusal.until)")
            }
            let place = try await lookIntoStorage(for: name)
            if let certificate = place.certificate { return .success(certificate) }
            try gate(name, isRegistered: await isRegistered(name, place))
            return .success(try await obtain(name, keepingRefusedPair: place.holdsRefusedPair))
        } catch {
            return .failure(error)
        }
    }

    /// Whether `on_demand.registered_only` lets a name pass; true where nobody asks.
    func isRegistered(_ name: ServerName, _ place: Place) async -> Bool {
        guard policy.registeredOnly, !place.exists else { return true }
        return await registration?.isRegistered(name) ?? false
    }

    /// The gates that cost nothing.
    func gate(
        _ name: ServerName, isRegistered: Bool
    ) throws(ProvisioningFailure) {
        guard policy.onDemand else {
            throw refuse(name, .notAllowed, "on_demand is not enabled", for: waits.denied)
        }
        guard !policy.registeredOnly || isRegistered else {
            throw refuse(name, .notAllowed, "the name is not registered", for: waits.denied)
        }
        guard obtaining < policy.limits.flights else {
            throw overloaded(.flights(policy.limits.flights), name)
        }
        do {
            try newNames.take(at: loop.now)
        } catch {
            throw overloaded(error, name)
        }
    }

    private func obtain(
        _ name: ServerName, keepingRefusedPair keepsRefused: Bool
    ) async throws(ProvisioningFailure) -> StoredCertificate {
        obtaining += 1
        defer { obtaining -= 1 }
        let times = StepTimes(start: .now)
        flights[name]?.times = times
        try await askPermission(name, times)
        let plan = try await checkEligibility(name, times)
        let issued = try await issue(
            IssuanceRequest(
                names: [.exact(name)], key: .fresh(policy.keyKind),
                methods: [.exact(name): plan.methods],
                permissions: [.exact(name): plan.permissions]),
            times)
        try await requireNotWithdrawn(name)
        let certificate = try stored(issued, as: .exact(name))
        await store(certificate, besideRefused: keepsRefused, times)
        refusals.value.clear(name)
        events.record(.provisioned(name, certificate.metadata, times.times))
        return certificate
    }

    // MARK: Refusing

    var waits: RefusalWaits { refusals.value.waits }

    /// Remembers that `name` is refused and reports it, unless that was done within the minute.
    func refuse(
        _ name: ServerName, _ reason: Refusal.Reason, _ why: String, evidence: [String] = [],
        for wait: Duration
    ) -> ProvisioningFailure {
        let (until, isReported) = refusals.value.record(reason, of: name, for: wait)
        if isReported {
            events.record(
                .refused(name, reason, why: why, evidence: evidence, until: until))
        }
        return .refused(reason, why: why)
    }

    /// Once a flight: what it ends with is reported when it does.
    private func reportDelay(of flight: Flight) {
        guard !flight.isReportedLate else { return }
        flight.isReportedLate = true
        events.record(.delayed(flight.name, done: flight.times?.times ?? []))
    }

    /// Not remembered for the name, which has done nothing; reported once a minute for each bound.
    private func overloaded(_ overload: Overload, _ name: ServerName) -> ProvisioningFailure {
        let isDue = overloadReports[overload].map { $0 + waits.reportInterval <= loop.now } ?? true
        if isDue {
            overloadReports[overload] = loop.now
            events.record(.overloaded(overload, name))
        }
        return .overloaded(overload)
    }
}
