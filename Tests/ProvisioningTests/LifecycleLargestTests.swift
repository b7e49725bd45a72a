// SPDX-License-Identifier: Apache-2.0
import Foundation
@testable import Provisioning
import Registry
import Storage
import Testing
import TLS

/// The largest changes that clients can ask for have room in a commit.
@Suite struct LifecycleLargestTests {
    private let me = LifecycleRig.caller

    private func names(_ prefix: String, _ count: Int) -> [CertificateName] {
        (0..<count).compactMap { CertificateName("\(prefix)\($0).shop.example") }
    }

    private func hosts(_ prefix: String) -> [ServerName] {
        (0..<Site.hostsMax).compactMap { ServerName("\(prefix)\($0).shop.example") }
    }

    private func upload(to rig: LifecycleRig) async throws -> VersionNumber {
        var upload = try rig.pair("*.shop.example")
        upload.activation = .sites
        return try await rig.lifecycle.upload(upload, by: me).number
    }

    @Test func `a site of a hundred hosts is published in the place of a hundred others`()
        async throws
    {
        let audit = CommitAudit()
        let rig = try await LifecycleRig(audit: audit)
        var wanted = SiteChange()
        wanted.name = "shop"
        wanted.hosts = hosts("a")
        let site = try await rig.lifecycle.createSite(wanted, by: me).number
        _ = try await rig.lifecycle.link(try await upload(to: rig), to: site, by: me)
        #expect(try await rig.lifecycle.publish(site, by: me).publication.state == .accepted)
        let revision = try await rig.lifecycle.addRevision(
            to: site, hosts: hosts("b"), document: nil, description: nil, by: me
        ).revision.number
        // Each is registered anew and readmitted by the publication.
        for name in names("b", Site.hostsMax) {
            _ = try await rig.lifecycle.register(DomainDraft(name: name), by: me)
            try await rig.lifecycle.deprovision(.name(name), by: me)
        }
        _ = try await rig.lifecycle.unlink(site, by: me)
        _ = try await rig.lifecycle.link(try await upload(to: rig), to: site, by: me)
        let made = try await rig.lifecycle.publish(site, revision: revision, by: me)
        #expect(made.publication.state == .accepted, "\(made.publication.detail ?? "")")
        #expect(made.site.hosts == hosts("b"))
        // Otherwise this shows nothing.
        #expect(audit.largest > RecordTransaction.writesMax / 2)
    }

    @Test func `a certificate of as many names as there may be readmits them all`() async throws {
        let rig = try await LifecycleRig()
        let all = names("c", ManagedCertificate.namesMax)
        for name in all {
            _ = try await rig.lifecycle.register(DomainDraft(name: name), by: me)
            try await rig.lifecycle.deprovision(.name(name), by: me)
        }
        var draft = CertificateDraft(names: all)
        draft.startsAtOnce = false
        _ = try await rig.lifecycle.create(draft, by: me)
        let number = try #require(try await rig.registry.domain(named: all[100])).number
        #expect(try await !rig.registry.isWithdrawn(all[100]))
        // With all that was ever ordered for it, it goes too.
        for _ in 0..<10 { _ = try await rig.lifecycle.create(draft, by: me) }
        for name in all.dropLast() { try await rig.lifecycle.deprovision(.name(name), by: me) }
        try await rig.lifecycle.deprovision(.number(number), by: me)
        let left = try await rig.lifecycle.certificates(
            CertificateFilter(), PageRequest(limit: 500), for: me)
        #expect(left.elements.isEmpty)
    }
}
