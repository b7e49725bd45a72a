// SPDX-License-Identifier: Apache-2.0
package import FoundationEssentials
package import Networking
package import Registry
import TLS

/// Writes down what visitors and the schedule bring about without anybody's order: domains, certificates
/// and versions of first visits, their renewals, names that leave and return, refusals of names that are
/// registered. What a crash has left unwritten is written once storage was looked at.
///
/// Lives on the control loop. What is told faster than it is written waits in a queue; beyond that
/// queue's bound it is left out, which is told, and made up for by what the same name does next.
package final class RegistryRecorder: EventSink {
    private let registry: Registry
    private let table: LoopBound<CertificateTable>
    private let next: any EventSink
    private let pending: LoopBound<Pending>
    private let clock: @Sendable () -> Date

    /// On the control loop.
    private final class Pending {
        var events: [ProvisioningEvent] = []
        var isWriting = false
        var leftOut = 0
        /// Of those, how many were told.
        var leftOutTold = 0
        /// When what could not be written was last told.
        var failureTold: Date?
    }

    /// Events that wait to be written.
    package static let pendingMax = 10_000
    /// Events that are being written.
    private static let atOnceMax = 64
    /// Certificates younger than this are looked for in the registry after a start: an older one that is
    /// not there is made up for by its renewal. Seven days.
    static let unwrittenAge = Duration.seconds(7 * 86_400)

    /// - Parameter next: is told everything.
    package init(
        registry: Registry, table: LoopBound<CertificateTable>, then next: any EventSink,
        clock: @escaping @Sendable () -> Date = { Date() }
    ) {
        self.registry = registry
        self.table = table
        self.next = next
        self.clock = clock
        pending = LoopBound(Pending(), on: table.loop)
    }

    /// Events that found no room.
    package var leftOut: Int { pending.value.leftOut }

    package func record(_ event: ProvisioningEvent) {
        next.record(event)
        guard Self.isOfInterest(event) else { return }
        let pending = pending.value
        guard pending.events.count < Self.pendingMax else {
            pending.leftOut += 1
            if pending.leftOutTold == 0 { tellLeftOut() }
            return
        }
        pending.events.append(event)
        guard !pending.isWriting else { return }
        pending.isWriting = true
        table.loop.spawn { await self.write() }
    }

    private static func isOfInterest(_ event: ProvisioningEvent) -> Bool {
        switch event {
        case .provisioned(_, let metadata, _), .renewed(_, let metadata, _):
            metadata.provenance.certificate == nil
        case .loaded, .refused, .failed, .moved, .returned: true
        case .overloaded, .delayed, .advanced, .pairRefused, .storageFailed, .issuanceFailed,
            .choreFailed, .eventsLeftOut:
            false
        }
    }

    private func write() async {
        let pending = pending.value
        while !pending.events.isEmpty {
            let events = pending.events.prefix(Self.atOnceMax)
            pending.events.removeFirst(events.count)
            await withDiscardingTaskGroup { group in
                // What is told of one name is written in its order; changes for several share commits.
                for ofName in Dictionary(grouping: events, by: \.name).values {
                    group.addTask { for event in ofName { await self.write(event) } }
                }
            }
        }
        pending.isWriting = false
        tellLeftOut()
    }

    /// Says how many found no room since it was last said.
    private func tellLeftOut() {
        let pending = pending.value
        guard pending.leftOut > pending.leftOutTold else { return }
        next.record(.eventsLeftOut(pending.leftOut - pending.leftOutTold))
        pending.leftOutTold = pending.leftOut
    }

    /// Says that something could not be written, at most once a minute.
    private func failed(noting name: CertificateName, _ error: any Error) {
        let (now, pending) = (clock(), pending.value)
        if let last = pending.failureTold, last <= now, last + Self.tellInterval > now { return }
        pending.failureTold = now
        next.record(.choreFailed(doing: "writing down what \(name) does", why: "\(error)"))
    }

    private static let tellInterval = Duration.seconds(60)

    private func write(_ event: ProvisioningEvent) async {
        switch event {
        case .loaded: await writeUnwritten()
        case .provisioned(let name, let metadata, _):
            await write(metadata, of: .exact(name), because: .firstVisit)
        case .renewed(let directory, let metadata, _):
            await write(metadata, of: directory, because: .renewal)
        case .refused(let name, let reason, let why, _, _):
            await write(.domainRefused, .exact(name), code: reason.rawValue, why)
        case .failed(let name, let step, _, let why, _):
            await write(.domainRefused, name, code: step.rawValue, why)
        case .moved(let name, let why):
            await write(.domainMisrouted, name, code: "moved", why) {
                if $0.state == .secured { $0.state = .misrouted }
            }
        case .returned(let name):
            await write(.domainReturned, name, code: "returned", "") {
                if $0.state == .misrouted { $0.state = .secured }
            }
        default: return
        }
    }

    /// Certificates of visits that were in files when a process ended, and not yet in the registry.
    private func writeUnwritten() async {
        let now = clock()
        for directory in Array(table.value.versions.keys) {
            guard let present = table.value[directory],
                present.notBefore.duration(to: now) < Self.unwrittenAge,
                present.provenance.certificate == nil, present.provenance.issuer != nil
            else { continue }
            let domain = try? await registry.domain(named: directory)
            var known: CertificateVersion?
            if let number = domain?.certificate,
                let certificate = try? await registry.certificate(number)
            {
                known = try? await registry.currentVersion(of: certificate)
            }
            guard known?.fingerprint != present.metadata.id else { continue }
            await write(
                present.metadata, of: directory, because: known == nil ? .firstVisit : .renewal)
        }
    }

    /// A certificate that was obtained, with all that it makes known.
    private func write(
        _ metadata: CertificateMetadata, of directory: CertificateName,
        because reason: Issuance.Reason
    ) async {
        guard let present = table.value[directory], present.metadata.id == metadata.id,
            let chain = try? CertificateChain(pem: present.chain),
            let facts = try? chain.leaf.publicKeyFacts, let pem = try? chain.pem,
            let key = try? present.key
        else { return }
        let visit = Visit(
            directory: directory, reason: reason, chain: chain, facts: facts,
            pem: String(decoding: pem, as: UTF8.self), key: key,
            issuer: present.provenance.issuer)
        let caller = await caller(for: directory, because: reason.cause)
        do {
            try await registry.change(by: caller) { try await $0.record(visit) }
        } catch {
            // Made up for by the next renewal.
            failed(noting: directory, error)
        }
    }

    /// Something about a domain that is known; of others nothing is kept.
    private func write(
        _ kind: Event.Kind, _ name: CertificateName, code: String, _ why: String,
        _ change: @escaping @Sendable (inout Domain) -> Void = { _ in }
    ) async {
        do {
            guard try await registry.domain(named: name) != nil else { return }
            let caller = await caller(for: name, because: .dns)
            try await registry.change(by: caller) { draft in
                guard var domain = try await draft.domain(named: name) else { return }
                let before = domain.state
                change(&domain)
                if domain.state != before { domain = draft.put(domain) }
                guard case .object(var data) = domain.snapshot else { return }
                data["code"] = .string(code)
                data["detail"] = .string(why)
                draft.record(kind, about: domain.subject, data: .object(data))
            }
        } catch {
            failed(noting: name, error)
        }
    }

    private func caller(
        for name: CertificateName, because cause: Event.Cause
    ) async -> Caller {
        let known: Domain?
        switch name {
        // What a wildcard stands for is its owner's.
        case .exact(let host): known = try? await registry.domain(coveringOrNamed: host)
        case .wildcard: known = try? await registry.domain(named: name)
        }
        return .edge(known?.account ?? Caller.mainAccount, because: cause)
    }
}

extension ProvisioningEvent {
    /// The name that it is about, where it is about one that is written down.
    fileprivate var name: CertificateName? {
        switch self {
        case .provisioned(let name, _, _), .refused(let name, _, _, _, _): .exact(name)
        case .renewed(let name, _, _), .failed(let name, _, _, _, _), .moved(let name, _),
            .returned(let name):
            name
        default: nil
        }
    }
}

/// A certificate that came by a visit, or by the renewal of one that did.
struct Visit: Sendable {
    let directory: CertificateName
    let reason: Issuance.Reason
    let chain: CertificateChain
    let facts: PublicKeyFacts
    let pem: String
    let key: [UInt8]
    let issuer: String?
}

extension RegistryDraft {
    func record(_ visit: Visit) async throws {
        let domain = try await claim(visit.directory, source: .firstVisit)
        let known = try await owned(domain.certificate)
        var certificate: ManagedCertificate
        if let known { certificate = known } else { certificate = try await made(for: visit) }
        guard try await !hasVersion(visit.chain.leaf.fingerprint, certificate) else { return }
        let previous = certificate.currentVersion
        let plan = IssuancePlan(reason: visit.reason, state: .done, key: visit.key)
        var issuance = try await begin(plan, of: &certificate, zone: nil)
        issuance.endedAt = now
        for index in issuance.authorizations.indices {
            issuance.authorizations[index].state = .valid
        }
        put(issuance)
        guard var version = try await version(issuance.version) else { return }
        fill(
            &version, with: visit.chain, facts: visit.facts, pem: visit.pem,
            notices: certificate.expiryNotice)
        version.state = .active
        version.hasKey = true
        version.issuer = visit.issuer
        version = put(version)
        certificate.openIssuance = nil
        certificate.currentVersion = version.number
        certificate.hasFailed = false
        put(certificate)
        record(.versionIssued, about: version)
        record(.versionActivated, about: version)
        if let previous, previous != version.number {
            try await supersede(previous)
            try await forgetKey(ofEnded: previous)
        }
        try await secure(visit.directory, with: certificate.number)
    }

    private func owned(_ number: CertificateNumber?) async throws -> ManagedCertificate? {
        guard let number, let certificate = try await certificate(number),
            !certificate.isDeleted, certificate.openIssuance == nil,
            certificate.issuer == .configured
        else { return nil }
        return certificate
    }

    private func made(for visit: Visit) async throws -> ManagedCertificate {
        let number: CertificateNumber = try await nextNumber()
        let certificate = ManagedCertificate(
            number: number, account: caller.account, names: visit.chain.leaf.names,
            keyKind: visit.facts.algorithm == "RSA" ? .rsa2048 : .p256, keySource: .edge,
            issuer: .configured, activation: .automatic, renewsItself: true, at: now)
        record(.certificateCreated, about: certificate)
        return certificate
    }

    private func hasVersion(
        _ fingerprint: String, _ certificate: ManagedCertificate
    ) async throws -> Bool {
        guard let current = certificate.currentVersion else { return false }
        return try await version(current)?.fingerprint == fingerprint
    }
}
