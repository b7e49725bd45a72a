// SPDX-License-Identifier: Apache-2.0
import FoundationEssentials
import Networking
import Registry
import Storage
import TLS

/// A registry over records in memory, and short words for what tests do with it.
struct Ledger {
    let store: any RecordStore
    let memory: MemoryRecords
    let loop: EventLoop
    let registry: Registry
    let caller = Caller(account: "main", actor: "app", requestID: "r-1")

    init(
        _ memory: MemoryRecords = MemoryRecords(), over store: (any RecordStore)? = nil,
        eventsMax: Int = 1_000, lookedAtMax: Int = Registry.lookedAtMaxDefault,
        objectsMax: [Event.Subject.Kind: Int] = Registry.objectsMaxDefault,
        clock: @escaping @Sendable () -> Date = { Date() }
    ) throws {
        self.memory = memory
        let store = store ?? memory
        self.store = store
        loop = try EventLoop(name: "control")
        registry = Registry(
            store: store, loop: loop, eventsMax: eventsMax, lookedAtMax: lookedAtMax,
            objectsMax: objectsMax, clock: clock)
    }

    /// Another registry over the same store: another process, or this one after a restart.
    func another() throws -> Ledger { try Ledger(memory) }

    @discardableResult
    func register(
        _ name: String, of account: String = "main", reference: String? = nil,
        state: Domain.State = .registered, origins: [String] = [], by caller: Caller? = nil
    ) async throws -> Domain {
        let name = try Self.name(name)
        let caller = caller ?? Caller(account: account, actor: "app", requestID: "r-1")
        return try await registry.change(by: caller) { draft in
            var domain = Domain(
                number: try await draft.nextNumber(), account: account, name: name, source: .api,
                at: draft.now)
            domain.clientReference = reference
            domain.state = state
            domain.applicationURLs = origins
            domain = draft.put(domain)
            draft.record(.domainRegistered, about: domain)
            return domain
        }
    }

    /// A certificate with a version that is in service until `end`.
    @discardableResult
    func certify(
        _ names: [String], of account: String = "main", reference: String? = nil,
        until end: Date = Date(timeIntervalSince1970: 2_000_000_000),
        state: CertificateVersion.State = .active
    ) async throws -> (ManagedCertificate, CertificateVersion) {
        let names = try names.map { try Self.name($0) }
        let caller = Caller(account: account, actor: "app", requestID: "r-2")
        return try await registry.change(by: caller) { draft in
            var certificate = ManagedCertificate(
                number: try await draft.nextNumber(), account: account, names: names,
                keyKind: .p256, keySource: .edge, issuer: .configured, activation: .automatic,
                renewsItself: true, at: draft.now)
            var version = CertificateVersion(
                number: try await draft.nextNumber(), account: account,
                certificate: certificate.number, issuance: nil, state: state, source: .issued,
                names: names, at: draft.now)
            version.notAfter = end
            version.serial = "0a\(version.number)"
            certificate.clientReference = reference
            certificate.currentVersion = version.number
            draft.record(.certificateCreated, about: certificate)
            return (draft.put(certificate), draft.put(version))
        }
    }

    func events() async throws -> [Event] {
        try await registry.events(of: "main", after: nil, limit: 500).elements
    }

    static func name(_ text: String) throws -> CertificateName {
        guard let name = CertificateName(text) else { throw NotAName(text: text) }
        return name
    }

    struct NotAName: Error { let text: String }
}
