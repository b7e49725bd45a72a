// SPDX-License-Identifier: Apache-2.0
import Foundation
import Networking
@testable import Provisioning
import Registry
import Storage
import Synchronization
import TLS

/// The management's service over an `Edge`, with real records; may be closed and opened again, as a
/// process that was killed is.
final class LifecycleRig: Sendable {
    let edge: Edge
    let records: RecordFiles
    let registry: Registry
    let lifecycle: Lifecycle

    static let zone = ChallengeZoneName(name("acme.edge.example"))
    static let caller = Caller(account: "main", actor: "tests", requestID: "request-1")
    static let stranger = Caller(account: "other", actor: "others", requestID: "request-2")

    /// - Parameters:
    ///   - path: of a rig that was closed.
    ///   - album: gets what a crash around each commit leaves.
    ///   - audit: looks at each commit.
    init(
        path: String? = nil, clock: ManualClock = ManualClock(), loopCount: Int = 1,
        album: CrashAlbum? = nil, audit: CommitAudit? = nil,
        objectsMax: [Event.Subject.Kind: Int] = Registry.objectsMaxDefault,
        configure: (inout Lifecycle.Configuration) -> Void = { _ in },
        policy change: (inout ProvisioningPolicy) -> Void = { _ in }
    ) async throws {
        let registration = LateRegistration()
        edge = try await Edge(
            path: path, clock: clock, loopCount: loopCount, registration: registration
        ) { policy in
            policy.zone = Self.zone
            change(&policy)
        }
        let (work, directory) = (edge.work, "\(edge.path)/records")
        records = try await work.run {
            Result { () throws(StorageError) in
                try RecordFiles(directory: directory, on: work)
            }
        }.get()
        var store: any RecordStore = records
        if let album { store = CrashingRecords(records, album) }
        if let audit { store = AuditedRecords(records, audit) }
        registry = Registry(
            store: store, loop: edge.control, objectsMax: objectsMax, clock: { clock.now })
        registration.isKnown(to: RegisteredDomains(registry))
        var configuration = Lifecycle.Configuration()
        configure(&configuration)
        let told = Told()
        lifecycle = Lifecycle(
            registry: registry, provisioner: edge.provisioner, table: edge.table,
            keys: LeafKeys(on: work), zone: Self.zone,
            originsDidChange: { told.add($0) }, configuration: configuration,
            loop: edge.control, clock: { clock.now })
        origins = told
        try await lifecycle.start()
    }

    let origins: Told

    /// What origins were told last for each name.
    final class Told: Sendable {
        private let known = Mutex<[CertificateName: [String]]>([:])

        func add(_ origins: [CertificateName: [String]]) {
            known.withLock { $0.merge(origins) { _, new in new } }
        }

        subscript(name: String) -> [String]? {
            known.withLock { known in CertificateName(name).flatMap { known[$0] } }
        }
    }

    // MARK: Looking

    /// Waits until the issuance is in a state.
    @discardableResult
    func issuance(
        _ number: IssuanceNumber, is state: Issuance.State
    ) async throws -> Issuance {
        try await edge.until { [registry] in
            (try? await registry.issuance(number))?.state == state
        }
        guard let issuance = try await registry.issuance(number) else { throw Gone() }
        return issuance
    }

    /// Lets time pass, as much again and again, until the issuance is in a state: what is to be done
    /// later is not planned yet when its reason shows.
    @discardableResult
    func issuance(
        _ number: IssuanceNumber, is state: Issuance.State, within step: Duration
    ) async throws -> Issuance {
        try await edge.until { [registry, lifecycle, clock = edge.clock] in
            clock.advance(by: step)
            await lifecycle.doWhatIsDue()
            return (try? await registry.issuance(number))?.state == state
        }
        return try await issuance(number, is: state)
    }

    /// Waits until so many attempts have failed, and the issuance waits for another one or has ended.
    func postponed(_ number: IssuanceNumber, failed: Int = 1) async throws -> Issuance {
        try await edge.until { [registry, lifecycle] in
            guard let issuance = try? await registry.issuance(number) else { return false }
            guard issuance.state.isOpen else { return true }
            guard issuance.attempts?.count == failed, let next = issuance.attempts?.next else {
                return false
            }
            // The registry knows the moment a little before it is planned.
            let (planned, work) = await (lifecycle.looking[number], lifecycle.atWork[number])
            return planned == next && work == nil
        }
        guard let issuance = try await registry.issuance(number) else { throw Gone() }
        return issuance
    }

    /// Lets time pass until the next attempt is due.
    func goOn(to issuance: Issuance) async {
        guard let next = issuance.attempts?.next else { return }
        edge.clock.advance(by: .seconds(Int(next.timeIntervalSince(edge.clock.now)) + 1))
        await lifecycle.doWhatIsDue()
    }

    func certificate(_ number: CertificateNumber) async throws -> ManagedCertificate {
        try await lifecycle.certificate(number, for: Self.caller)
    }

    func version(_ number: VersionNumber) async throws -> CertificateVersion {
        try await lifecycle.version(number, for: Self.caller)
    }

    /// The kinds of all events so far, as clients see them.
    func events(of caller: Caller = LifecycleRig.caller) async throws -> [String] {
        try await lifecycle.events(EventFilter(), after: nil, limit: 500, for: caller)
            .elements.map(\.kind.rawValue)
    }

    func serial(_ host: String, loop: Int = 0) async -> String? {
        await edge.visit(host, loop: loop).certificate?.serialHex
    }

    struct Gone: Error {}

    // MARK: What clients bring

    func names(_ texts: String...) -> [CertificateName] { texts.map { CertificateName($0)! } }

    /// A pair in PEM, signed by the rig's CA.
    func pair(
        _ texts: String..., lifetime: Duration = .seconds(86_400)
    ) throws -> VersionUpload {
        let pair = try edge.issuer.pair(
            texts.map { CertificateName($0)! }, validFor: lifetime)
        var upload = VersionUpload(certificate: text(try pair.chain.leaf.pem))
        upload.issuers = text(try pair.chain.intermediates.flatMap { try $0.pem })
        upload.privateKey = text(try pair.key.pem)
        return upload
    }

    /// What another CA signs for a request in PEM.
    func signed(_ request: String?, lifetime: Duration = .seconds(86_400)) throws -> VersionUpload {
        let now = edge.clock.now
        let chain = try edge.issuer.authority.issue(
            try CertificateRequest(pem: Array((request ?? "").utf8)),
            validity: now..<now.addingTimeInterval(Double(lifetime.components.seconds)))
        var upload = VersionUpload(certificate: text(try chain.leaf.pem))
        upload.issuers = text(try chain.intermediates.flatMap { try $0.pem })
        return upload
    }
}

func text(_ bytes: [UInt8]) -> String { String(decoding: bytes, as: UTF8.self) }

/// The registry's word, once there is one.
private final class LateRegistration: NameRegistration {
    private let domains = Mutex<RegisteredDomains?>(nil)

    func isKnown(to domains: RegisteredDomains) { self.domains.withLock { $0 = domains } }

    func isRegistered(_ name: ServerName) async -> Bool {
        await domains.withLock(\.self)?.isRegistered(name) ?? false
    }

    func hasOwnDomain(_ name: ServerName) async -> Bool {
        await domains.withLock(\.self)?.hasOwnDomain(name) ?? false
    }
}
