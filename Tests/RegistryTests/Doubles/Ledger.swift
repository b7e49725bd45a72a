// SPDX-License-Identifier: Apache-2.0
import FoundationEssentials
import Networking
import Registry
import Storage
import TLS

/// A registry over records in memory, and short words for what tests do with it.
struct Ledger {
    let store: MemoryRecords
    let loop: EventLoop
    let registry: Registry
    let caller = Caller(account: "main", actor: "app", requestID: "r-1")

    init(
        _ store: MemoryRecords = MemoryRecords(), eventsMax: Int = 1_000,
        clock: @escaping @Sendable () -> Date = { Date() }
    ) throws {
        self.store = store
        loop = try EventLoop(name: "control")
        registry = Registry(store: store, loop: loop, eventsMax: eventsMax, clock: clock)
    }

    /// Another registry over the same store: another process, or this one after a restart.
    func another() throws -> Ledger { try Ledger(store) }

    @discardableResult
    func register(
        _ name: String, of account: String = "main", reference: String? = nil,
        state: Domain.State = .registered, origins: [String] = []
    ) async throws -> Domain {
        let name = try Self.name(name)
        let caller = Caller(account: account, actor: "app", requestID: "r-1")
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

    func events() async throws -> [Event] {
        try await registry.events(of: "main", after: nil, limit: 500).elements
    }

    static func name(_ text: String) throws -> CertificateName {
        guard let name = CertificateName(text) else { throw NotAName(text: text) }
        return name
    }

    struct NotAName: Error { let text: String }
}
