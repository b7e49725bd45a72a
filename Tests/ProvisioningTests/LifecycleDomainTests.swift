// SPDX-License-Identifier: Apache-2.0
import ACME
import Foundation
@testable import Provisioning
import Registry
import Testing
import TLS

/// What a domain is said to be, and how it gets a certificate of its own.
@Suite struct LifecycleDomainTests {
    private let me = LifecycleRig.caller
    private let shop = CertificateName("a.example")!

    private func registered(_ rig: LifecycleRig) async throws -> DomainReference {
        .number(try await rig.lifecycle.register(DomainDraft(name: shop), by: me).number)
    }

    private func state(_ rig: LifecycleRig) async throws -> Domain.State {
        try await rig.lifecycle.domain(.name(shop), for: me).state
    }

    // MARK: Provisioning

    @Test func `a domain that is being provisioned is not ordered again`() async throws {
        let rig = try await LifecycleRig()
        let domain = try await registered(rig)
        rig.edge.issuer.closeGate()
        let first = try await rig.lifecycle.provision(domain, by: me)
        try await rig.edge.until { rig.edge.issuer.orders.count == 1 }
        let events = try await rig.events()
        for _ in 0..<3 {
            await #expect(throws: LifecycleError.self) {
                try await rig.lifecycle.provision(domain, by: me)
            }
        }
        var moved = DomainDraft(name: shop)
        moved.applicationURLs = ["http://127.0.0.1:9"]
        let draft = moved
        await #expect(throws: LifecycleError.self) {
            try await rig.lifecycle.provision(draft, by: me)
        }
        #expect(try await rig.events() == events)
        #expect(try await rig.lifecycle.domain(domain, for: me).applicationURLs == [])
        rig.edge.issuer.openGate()
        try await rig.issuance(first.number, is: .done)
        #expect(rig.edge.issuer.orders.count == 1)
    }

    @Test func `of those who provision a domain at once one does`() async throws {
        let rig = try await LifecycleRig()
        let domain = try await registered(rig)
        rig.edge.issuer.closeGate()
        let begun = await withTaskGroup(of: Issuance?.self) { group in
            for _ in 0..<8 {
                group.addTask {
                    try? await rig.lifecycle.provision(domain, by: LifecycleRig.caller)
                }
            }
            return await group.reduce(into: []) { all, one in all += [one].compactMap(\.self) }
        }
        rig.edge.issuer.openGate()
        let first = try #require(begun.first)
        #expect(begun.count == 1)
        try await rig.issuance(first.number, is: .done)
        #expect(rig.edge.issuer.orders.count == 1)
    }

    @Test func `what failed is tried again for the same certificate`() async throws {
        let rig = try await LifecycleRig()
        let domain = try await registered(rig)
        rig.edge.issuer.set { $0.error = .refused }
        let first = try await rig.lifecycle.provision(domain, by: me)
        try await rig.issuance(first.number, is: .rejected)
        rig.edge.issuer.set { $0.error = nil }
        let second = try await rig.lifecycle.provision(domain, by: me)
        #expect(second.certificate == first.certificate)
        try await rig.issuance(second.number, is: .done)
        #expect(try await state(rig) == .secured)
    }

    // MARK: States

    @Test func `a domain that was seen to point here is routed, until it is not`() async throws {
        let rig = try await LifecycleRig()
        let domain = try await registered(rig)
        #expect(try await state(rig) == .registered)
        for _ in 0..<2 { _ = try await rig.lifecycle.check(domain, by: me) }
        #expect(try await state(rig) == .routed)
        rig.edge.check.point(name("a.example"), at: .noAnswer)
        _ = try await rig.lifecycle.check(domain, by: me)
        #expect(try await state(rig) == .routed)
        rig.edge.check.point(name("a.example"), at: .wrongTarget)
        _ = try await rig.lifecycle.check(.name(shop), by: me)
        #expect(try await state(rig) == .registered)
        #expect(
            try await rig.events() == ["domain.registered", "domain.routed", "domain.changed"])
        _ = try await rig.lifecycle.check(.name(shop), by: LifecycleRig.stranger)
        #expect(try await rig.events().count == 3)
    }

    @Test func `a domain whose certificate has expired is not secured, and may have another`()
        async throws
    {
        let rig = try await LifecycleRig()
        let domain = try await registered(rig)
        let first = try await rig.lifecycle.provision(domain, by: me)
        try await rig.issuance(first.number, is: .done)
        rig.edge.clock.advance(by: .seconds(91 * 86_400))
        await rig.lifecycle.doWhatIsDue()
        #expect(try await state(rig) == .registered)
        #expect(await !rig.lifecycle.report(on: shop).isServed)
        let second = try await rig.lifecycle.provision(domain, by: me)
        #expect(second.certificate == first.certificate)
        try await rig.issuance(second.number, is: .done)
        #expect(try await state(rig) == .secured)
    }

    @Test func `a domain that pointed elsewhere and lost its certificate is registered`()
        async throws
    {
        let rig = try await LifecycleRig()
        let first = try await rig.lifecycle.provision(try await registered(rig), by: me)
        try await rig.issuance(first.number, is: .done)
        try await rig.registry.change(by: me) { change in
            var domain = try #require(try await change.domain(named: CertificateName("a.example")!))
            domain.state = .misrouted
            change.record(.domainMisrouted, about: change.put(domain))
        }
        try await rig.lifecycle.delete(first.certificate, by: me)
        let domain = try await rig.lifecycle.domain(.name(shop), for: me)
        #expect(domain.state == .registered && domain.certificate == nil)
    }

    // MARK: Renewal

    @Test func `renewal.at counts for what is not in service, too`() async throws {
        let rig = try await LifecycleRig {
            _ in
        } policy: {
            $0.renewAt = 0.3
        }
        var draft = CertificateDraft(names: [shop])
        draft.activation = .sites
        let made = try await rig.lifecycle.create(draft, by: me)
        try await rig.issuance(made.issuance.number, is: .done)
        rig.edge.clock.advance(by: .seconds(40 * 86_400))
        await rig.lifecycle.doWhatIsDue()
        try await rig.edge.until { rig.edge.issuer.orders.count == 2 }
    }
}
