// SPDX-License-Identifier: Apache-2.0
import ACME
import Foundation
@testable import Provisioning
import Registry
import Testing
import TLS

/// What serves, what no longer does, and what follows.
@Suite struct LifecycleServiceTests {
    private let me = LifecycleRig.caller

    private func issued(
        _ rig: LifecycleRig, _ names: String...,
        activation: ManagedCertificate.Activation = .automatic
    ) async throws -> (certificate: CertificateNumber, version: CertificateVersion) {
        var draft = CertificateDraft(names: names.map { CertificateName($0)! })
        draft.activation = activation
        let made = try await rig.lifecycle.create(draft, by: me)
        let done = try await rig.issuance(made.issuance.number, is: .done)
        return (made.certificate.number, try await rig.version(done.version))
    }

    @Test func `a deprovisioned name is refused on every loop, whatever covers it`() async throws {
        let rig = try await LifecycleRig(loopCount: 3)
        let own = try await issued(rig, "a.example")
        let shared = try await issued(rig, "b.example", "a.example")
        #expect(await rig.serial("a.example") == shared.version.serial)
        try await rig.lifecycle.deprovision(
            .name(CertificateName("a.example")!), revoking: true, by: me)
        for loop in 0..<3 {
            #expect(await rig.edge.visit("a.example", loop: loop) == .refused(.unrecognizedName))
            #expect(await rig.serial("b.example", loop: loop) == shared.version.serial)
        }
        #expect(try await rig.certificate(own.certificate).isDeleted)
        #expect(try await !rig.certificate(shared.certificate).isDeleted)
        #expect(rig.edge.issuer.revoked == [own.version.serial])
        #expect(
            try await rig.events().suffix(2) == ["certificate.deleted", "domain.deprovisioned"])
        // Registered again, it may be visited again.
        _ = try await rig.lifecycle.register(
            DomainDraft(name: CertificateName("a.example")!), by: me)
        #expect(await rig.serial("a.example") != nil)
    }

    @Test func `a failed revocation leaves the domain there, and out of service`() async throws {
        let rig = try await LifecycleRig()
        _ = try await issued(rig, "a.example")
        rig.edge.issuer.set { $0.declinesRevocation = true }
        let domain = DomainReference.name(CertificateName("a.example")!)
        await #expect(throws: LifecycleError.self) {
            try await rig.lifecycle.deprovision(domain, revoking: true, by: me)
        }
        #expect(await rig.edge.visit("a.example") == .refused(.unrecognizedName))
        rig.edge.issuer.set { $0.declinesRevocation = false }
        try await rig.lifecycle.deprovision(domain, revoking: true, by: me)
        #expect(rig.edge.issuer.revoked.count == 1)
        await #expect(throws: LifecycleError.self) {
            try await rig.lifecycle.domain(domain, for: me)
        }
    }

    @Test func `a reissue revokes the old version when the new one serves`() async throws {
        let rig = try await LifecycleRig()
        let old = try await issued(rig, "a.example")
        var draft = IssuanceDraft(reason: .reissue)
        draft.revokesPredecessor = true
        rig.edge.issuer.closeGate()
        let issuance = try await rig.lifecycle.issue(old.certificate, draft, by: me)
        try await rig.edge.until { rig.edge.issuer.orders.count == 2 }
        #expect(rig.edge.issuer.revoked.isEmpty)
        #expect(await rig.serial("a.example") == old.version.serial)
        rig.edge.issuer.openGate()
        let done = try await rig.issuance(issuance.number, is: .done)
        #expect(await rig.serial("a.example") == (try await rig.version(done.version)).serial)
        #expect(rig.edge.issuer.revoked == [old.version.serial])
        #expect(try await rig.version(old.version.number).state == .revoked)
    }

    @Test func `hosts keep the origins of their site, whatever becomes of their domains`()
        async throws
    {
        let rig = try await LifecycleRig()
        let own = try await issued(rig, "a.example", activation: .sites)
        var change = SiteChange()
        change.name = "shop"
        change.hosts = [name("a.example")]
        change.applicationURLs = ["http://127.0.0.1:9000"]
        let site = try await rig.lifecycle.createSite(change, by: me).number
        _ = try await rig.lifecycle.link(own.version.number, to: site, by: me)
        _ = try await rig.lifecycle.publish(site, by: me)
        let domain = CertificateName("a.example")!
        var draft = DomainDraft(name: domain)
        draft.applicationURLs = ["http://127.0.0.1:9001"]
        _ = try await rig.lifecycle.register(draft, by: me)
        #expect(rig.origins["a.example"] == ["http://127.0.0.1:9000"])
        var reference = DomainChange()
        reference.clientReference = "7"
        _ = try await rig.lifecycle.change(.name(domain), reference, by: me)
        #expect(rig.origins["a.example"] == ["http://127.0.0.1:9000"])
        // Out of the site, the domain's own count.
        _ = try await rig.lifecycle.unpublish(site, by: me)
        #expect(rig.origins["a.example"] == ["http://127.0.0.1:9001"])
    }

    @Test func `revisions leave when they take too much, and one that does is declined`()
        async throws
    {
        let rig = try await LifecycleRig()
        var change = SiteChange()
        change.name = "shop"
        let site = try await rig.lifecycle.createSite(change, by: me).number
        func add(_ count: Int) async throws -> Site {
            // A slash takes two bytes in a record.
            try await rig.lifecycle.addRevision(
                to: site, hosts: [], document: .string(String(repeating: "/", count: count / 2)),
                description: nil, by: me
            ).site
        }
        var kept: [Int] = []
        for _ in 0..<6 { kept = try await add(250 << 10).revisions.map(\.number) }
        #expect(kept == [5, 6])
        do {
            _ = try await add(Site.revisionBytesMax)
            Issue.record("it was kept")
        } catch let error as LifecycleError {
            guard case .invalid("document", _) = error else { throw error }
        }
        #expect(try await rig.lifecycle.site(site, for: me).revisions.map(\.number) == [5, 6])
    }

    @Test func `a site is served with what is linked and published, and its successors`()
        async throws
    {
        let rig = try await LifecycleRig(loopCount: 2)
        let first = try await issued(rig, "a.example", "b.example", activation: .sites)
        #expect(first.version.state == .issued)
        var change = SiteChange()
        change.name = "shop"
        change.hosts = [name("a.example"), name("b.example")]
        change.applicationURLs = ["http://127.0.0.1:9000"]
        let site = try await rig.lifecycle.createSite(change, by: me).number
        let narrow = try await issued(rig, "a.example", activation: .sites)
        await #expect(throws: LifecycleError.self) {
            try await rig.lifecycle.link(narrow.version.number, to: site, by: me)
        }
        _ = try await rig.lifecycle.link(first.version.number, to: site, by: me)
        await #expect(throws: LifecycleError.self) {
            try await rig.lifecycle.link(narrow.version.number, to: site, by: me)
        }
        #expect(await rig.edge.certificatesInService() == 0)
        let published = try await rig.lifecycle.publish(site, by: me)
        #expect(published.publication.state == .accepted)
        #expect(await rig.serial("b.example", loop: 1) == first.version.serial)
        #expect(rig.origins["b.example"] == ["http://127.0.0.1:9000"])
        #expect(try await rig.version(first.version.number).state == .active)

        let renewal = try await rig.lifecycle.issue(
            first.certificate, IssuanceDraft(reason: .renewal), by: me)
        let done = try await rig.issuance(renewal.number, is: .done)
        let successor = try await rig.version(done.version)
        #expect(await rig.serial("b.example", loop: 1) == successor.serial)
        let moved = try await rig.lifecycle.site(site, for: me)
        #expect(moved.linkedVersion == successor.number)
        #expect(moved.publishedVersion == successor.number && moved.publications.count == 2)
        #expect(successor.state == .active)
        #expect(try await rig.version(first.version.number).state == .superseded)

        _ = try await rig.lifecycle.unpublish(site, by: me)
        for loop in 0..<2 {
            #expect(await rig.edge.visit("a.example", loop: loop) == .refused(.unrecognizedName))
        }
        #expect(try await rig.version(successor.number).state == .superseded)
        await #expect(throws: LifecycleError.self) {
            try await rig.lifecycle.delete(first.certificate, by: me)
        }
        try await rig.lifecycle.deleteSite(site, by: me)
        try await rig.lifecycle.delete(first.certificate, by: me)
    }

    @Test func `a deleted certificate serves nobody`() async throws {
        let rig = try await LifecycleRig { _ in
        } policy: {
            $0.onDemand = false
        }
        let made = try await issued(rig, "a.example", "www.b.example")
        try await rig.lifecycle.delete(made.certificate, revoking: true, by: me)
        #expect(await rig.edge.certificatesInService() == 0)
        #expect(await rig.edge.visit("a.example").certificate == nil)
        #expect(rig.edge.issuer.revoked == [made.version.serial])
        await #expect(throws: LifecycleError.self) {
            try await rig.lifecycle.delete(made.certificate, by: me)
        }
        let domain = try await rig.lifecycle.domain(.name(CertificateName("a.example")!), for: me)
        #expect(domain.certificate == nil)
    }

    @Test func `ends are told of in good time, once`() async throws {
        let rig = try await LifecycleRig()
        var upload = try rig.pair("a.example", lifetime: .seconds(40 * 86_400))
        upload.expiryNotice = [30, 7, 60]
        _ = try await rig.lifecycle.upload(upload, by: me)
        let before = try await rig.events().count
        for _ in 0..<42 {
            rig.edge.clock.advance(by: .seconds(86_400))
            await rig.lifecycle.doWhatIsDue()
        }
        #expect(
            try await rig.events().dropFirst(before)
                == ["version.expiring", "version.expiring", "version.expired", "domain.changed"])
        #expect(try await rig.registry.due(before: .distantFuture, limit: 1).isEmpty)
    }

    @Test func `the schedule renews what has an owner as its owner wants it`() async throws {
        let rig = try await LifecycleRig()
        let renewal = Renewal(
            table: rig.edge.table, provisioner: rig.edge.provisioner, events: rig.edge.events,
            managed: rig.lifecycle, clock: { rig.edge.clock.now })
        await renewal.start()
        let made = try await issued(rig, "a.example", "b.example")
        rig.edge.clock.advance(by: .seconds(65 * 86_400))
        await renewal.doWhatIsDue()
        try await rig.edge.until {
            (try? await rig.certificate(made.certificate))?.currentVersion != made.version.number
        }
        let renewed = try await rig.certificate(made.certificate)
        let current = try #require(renewed.currentVersion)
        let issuance = try #require(try await rig.version(current).issuance)
        #expect(try await rig.lifecycle.issuance(issuance, for: me).reason == .renewal)
        #expect(rig.edge.issuer.orders.map(\.count) == [2, 2])

        var change = CertificateChange()
        change.renewsItself = false
        _ = try await rig.lifecycle.change(made.certificate, change, by: me)
        let outcome = await rig.lifecycle.renew(made.certificate, because: .renewal)
        guard case .postponed = outcome else { throw LifecycleRig.Gone() }
        #expect(rig.edge.issuer.orders.count == 2)
    }

    @Test func `only what somebody saw may be changed`() async throws {
        let rig = try await LifecycleRig()
        let domain = try await rig.lifecycle.register(
            DomainDraft(name: CertificateName("a.example")!), by: me)
        var change = DomainChange()
        change.applicationURLs = ["http://127.0.0.1:1"]
        _ = try await rig.lifecycle.change(
            .number(domain.number), change, ifGeneration: domain.generation, by: me)
        #expect(rig.origins["a.example"] == ["http://127.0.0.1:1"])
        do {
            _ = try await rig.lifecycle.change(
                .number(domain.number), change, ifGeneration: domain.generation, by: me)
            Issue.record("an old generation was taken")
        } catch {
            guard case .changedMeanwhile = error else { throw error }
        }
        change.applicationURLs = ["ftp://127.0.0.1"]
        await #expect(throws: LifecycleError.self) {
            try await rig.lifecycle.change(.number(domain.number), change, by: me)
        }
    }
}
