// SPDX-License-Identifier: Apache-2.0
import ACME
package import FoundationEssentials
package import Networking
import Registry
import TLS

/// Renews every certificate in service in good time, visited or not.
///
/// One timer stands for the earliest thing to do: a renewal (`RenewalSchedule`), or a question to
/// the CA about when it would like one (ARI, RFC 9773). Lives on the control loop.
package actor Renewal {
    package struct Configuration: Sendable {
        /// Renewals under way at once. Default: 16.
        package var concurrency = 16
        /// Questions about renewal times under way at once. Default: 8.
        package var questions = 8
        /// How soon a CA is asked again, whatever it says. Default: 1 minute to 24 hours.
        package var retryAfter = Duration.seconds(60)...Duration.seconds(86_400)
        /// When it is asked again where it does not say. Default: 6 hours.
        package var unsaidRetryAfter = Duration.seconds(21_600)

        package init() {}
    }

    private nonisolated let loop: EventLoop
    package nonisolated var unownedExecutor: UnownedSerialExecutor {
        unsafe loop.serialExecutor.asUnownedSerialExecutor()
    }

    private let configuration: Configuration
    private let table: LoopBound<CertificateTable>
    private let provisioner: Provisioner
    private let events: any EventSink
    /// For certificates that have an owner; nil: all are renewed alike.
    private let managed: (any ManagedRenewal)?
    private let clock: @Sendable () -> Date

    /// The certificate of each directory that a moment was found for.
    private var planned: [CertificateName: StoredCertificate] = [:]
    private var renewals = RenewalQueue()
    private var questions = RenewalQueue()
    private var renewing = 0
    private var asking = 0
    private var timer: Timer?
    /// Directories whose moment the CA has chosen.
    private var advised: Set<CertificateName> = []

    /// Dates are looked at this often at least, for the wall clock may be set.
    private static let patience = Duration.seconds(60)

    /// All are on the control loop.
    package init(
        table: LoopBound<CertificateTable>, provisioner: Provisioner, events: any EventSink,
        managed: (any ManagedRenewal)? = nil, configuration: Configuration = Configuration(),
        clock: @escaping @Sendable () -> Date = { Date() }
    ) {
        self.table = table
        self.provisioner = provisioner
        self.events = events
        self.managed = managed
        self.configuration = configuration
        self.clock = clock
        loop = table.loop
    }

    /// Begins to follow the table: to be called once, before certificates come into it.
    package func start() {
        table.value.didChange = { [weak self] directory, certificate in
            self?.assumeIsolated { $0.plan(directory, certificate) }
        }
    }

    /// What is planned, for whoever watches: certificates that wait for their moment, questions to
    /// CAs, and when the next renewal is due.
    package var agenda: (renewals: Int, questions: Int, next: Date?) {
        (renewals.count, questions.count, renewals.next)
    }

    // MARK: Planning

    private func plan(_ directory: CertificateName, _ certificate: StoredCertificate?) {
        guard let certificate else {
            planned[directory] = nil
            renewals.remove(directory)
            questions.remove(directory)
            advised.remove(directory)
            return
        }
        // The same certificate with another provenance keeps its moment.
        let isPlanned = planned[directory]?.isSame(as: certificate) == true
        planned[directory] = certificate
        guard !isPlanned else { return }
        advised.remove(directory)
        let share = provisioner.assumeIsolated { $0.policy.renewAt }
        renewals.set(
            directory,
            at: RenewalSchedule.due(
                notBefore: certificate.notBefore, notAfter: certificate.notAfter, at: share,
                name: directory.text))
        if certificate.provenance.issuer != nil, certificate.isAskedAbout(as: directory) {
            let lifetime = certificate.notBefore.duration(to: certificate.notAfter)
            let spread = RenewalSchedule.spread(directory.text)
            questions.set(directory, at: clock() + min(.seconds(3600), lifetime / 4) * spread)
        }
        arm()
    }

    /// Sets the timer for whatever comes first.
    private func arm() {
        timer?.cancel()
        timer = nil
        let moments = [
            renewing < configuration.concurrency ? renewals.next : nil,
            asking < configuration.questions ? questions.next : nil,
        ].compactMap { $0 }
        guard let next = moments.min() else { return }
        let wait = min(max(clock().duration(to: next), .zero), Self.patience)
        timer = loop.schedule(after: wait) { [weak self] in
            self?.assumeIsolated { $0.doWhatIsDue() }
        }
    }

    /// Starts what is due now. The timer calls it; call it too when the wall clock was set.
    package func doWhatIsDue() {
        let now = clock()
        while renewing < configuration.concurrency, let directory = renewals.popDue(at: now) {
            guard let certificate = table.value[directory] else { continue }
            renewing += 1
            Task {
                await renew(certificate, directory)
                renewing -= 1
                arm()
            }
        }
        while asking < configuration.questions, let directory = questions.popDue(at: now) {
            guard let certificate = table.value[directory] else { continue }
            asking += 1
            Task {
                await ask(certificate, directory)
                asking -= 1
                arm()
            }
        }
        arm()
    }

    // MARK: Doing

    private func renew(_ certificate: StoredCertificate, _ directory: CertificateName) async {
        if certificate.provenance.movedAt != nil, certificate.notAfter <= clock() {
            // Its domain is gone and its time is over: nothing to look after any more.
            table.value.remove(directory)
            return
        }
        let outcome = await successor(of: certificate, directory)
        guard table.value[directory]?.isSame(as: certificate) == true else { return }
        switch outcome {
        case .moved(let until), .postponed(let until): renewals.set(directory, at: until)
        case .renewed: renewals.set(directory, at: clock() + Self.patience)
        }
    }

    private func successor(
        of certificate: StoredCertificate, _ directory: CertificateName
    ) async -> RenewalOutcome {
        guard let managed, let number = certificate.provenance.certificate else {
            return await provisioner.renew(certificate)
        }
        let isAdvised = advised.contains(directory)
        return await managed.renew(number, because: isAdvised ? .renewalInformation : .renewal)
    }

    /// Asks the CA when it would like the certificate renewed (RFC 9773 §4).
    private func ask(_ certificate: StoredCertificate, _ directory: CertificateName) async {
        guard let name = certificate.provenance.issuer,
            let issuer = await provisioner.policy.issuers[name],
            let leaf = try? certificate.leaf()
        else { return }
        var wait = configuration.unsaidRetryAfter
        do {
            if let info = try await issuer.renewalInfo(for: leaf) {
                wait = info.retryAfter ?? wait
                await consider(info.start..<info.end, info.explanationURL, certificate, directory)
            } else {
                wait = configuration.retryAfter.upperBound
            }
        } catch {
            // Advice that is not to be had changes nothing: the lifetime decides (RFC 9773 §4.3).
        }
        guard planned[directory]?.isSame(as: certificate) == true else { return }
        questions.set(directory, at: clock() + wait.clamped(to: configuration.retryAfter))
    }

    private func consider(
        _ window: Range<Date>, _ explanation: String?, _ certificate: StoredCertificate,
        _ directory: CertificateName
    ) async {
        guard let current = table.value[directory], current.isSame(as: certificate) else { return }
        let due = RenewalSchedule.due(
            window: window, notBefore: current.notBefore, notAfter: current.notAfter,
            name: directory.text)
        guard current.provenance.movedAt == nil, renewals.moment(of: directory) != due else {
            return
        }
        if let planned = renewals.moment(of: directory), due < planned { advised.insert(directory) }
        if let planned = renewals.moment(of: directory), due < planned, due <= clock() {
            events.record(.advanced(directory, due: due, explanation: explanation))
        }
        // Not while it is being renewed, and not before a failed attempt's wait is over.
        guard renewals.moment(of: directory) != nil else { return }
        renewals.set(directory, at: due)
        await provisioner.updateMetadata(of: current) { $0.renewAt = due.wholeSeconds }
    }
}

extension StoredCertificate {
    /// Whether the CA is asked about it for this directory: for one of several names once is enough.
    fileprivate func isAskedAbout(as directory: CertificateName) -> Bool {
        provenance.certificate == nil || names.first == directory
            || !names.contains(where: { $0 == directory })
    }
}
