// SPDX-License-Identifier: Apache-2.0
import ACME
import Foundation
@testable import Provisioning
import Registry
import Testing
import TLS

@Suite struct LifecycleAuditTests {
    private let me = LifecycleRig.caller

    @Test func `every commit that changes an object tells of it, with a request`() async throws {
        let audit = CommitAudit()
        let rig = try await LifecycleRig(audit: audit)
        try await live(with: domains, in: rig)
        try await live(with: certificates, in: rig)
        try await live(with: sites, in: rig)
        rig.edge.clock.advance(by: .seconds(100 * 86_400))
        await rig.lifecycle.doWhatIsDue()
        #expect(audit.count > 30)
        #expect(audit.silent == [])
    }

    /// Waits for what a part of the story has set going.
    private func live(
        with part: (LifecycleRig) async throws -> Void, in rig: LifecycleRig
    ) async throws {
        try await part(rig)
        try await rig.edge.until {
            let open = try? await rig.registry.openIssuances(PageRequest())
            return open?.elements.isEmpty ?? false
        }
    }

    private func domains(_ rig: LifecycleRig) async throws {
        for text in ["a.example", "b.example"] {
            let reference = DomainReference.name(CertificateName(text)!)
            _ = try await rig.lifecycle.register(
                DomainDraft(name: CertificateName(text)!), by: me)
            _ = try await rig.lifecycle.check(reference, by: me)
            let issuance = try await rig.lifecycle.provision(reference, by: me)
            try await rig.issuance(issuance.number, is: .done)
        }
        var change = DomainChange()
        change.clientReference = "1"
        _ = try await rig.lifecycle.change(.name(CertificateName("a.example")!), change, by: me)
        try await rig.lifecycle.deprovision(.name(CertificateName("b.example")!), by: me)
    }

    private func certificates(_ rig: LifecycleRig) async throws {
        var request = CertificateDraft(names: [])
        request.request = try signingRequest("c.example")
        let client = try await rig.lifecycle.create(request, by: me)
        let signed = try await rig.issuance(client.issuance.number, is: .done)
        _ = try await rig.lifecycle.revoke(signed.version, by: me)
        try await rig.lifecycle.delete(client.certificate.number, by: me)

        rig.edge.issuer.set { $0.error = .refused }
        let failed = try await rig.lifecycle.create(
            CertificateDraft(names: rig.names("d.example")), by: me)
        try await rig.issuance(failed.issuance.number, is: .rejected)
        rig.edge.issuer.set { $0.error = nil }
        let again = try await rig.lifecycle.retry(failed.issuance.number, by: me)
        try await rig.issuance(again.number, is: .done)
        let uploaded = try await rig.lifecycle.upload(try rig.pair("e.example"), by: me)
        try await rig.lifecycle.delete(uploaded.certificate, by: me)
        var template = CertificateDraft(names: rig.names("f.example"))
        template.issuer = .external
        let external = try await rig.lifecycle.create(template, by: me)
        _ = try await rig.lifecycle.cancel(external.issuance.number, by: me)
    }

    private func sites(_ rig: LifecycleRig) async throws {
        var draft = CertificateDraft(names: rig.names("g.example"))
        draft.activation = .sites
        let made = try await rig.lifecycle.create(draft, by: me)
        let done = try await rig.issuance(made.issuance.number, is: .done)
        var change = SiteChange()
        change.name = "shop"
        change.hosts = [name("g.example")]
        let site = try await rig.lifecycle.createSite(change, by: me).number
        _ = try await rig.lifecycle.link(done.version, to: site, by: me)
        // Where a folder has to be there is a file: nothing can be stored for that name.
        let blocked = "\(rig.edge.path)/domains/g.example"
        try FileManager.default.createDirectory(
            atPath: "\(rig.edge.path)/domains", withIntermediateDirectories: true)
        try Data().write(to: URL(fileURLWithPath: blocked))
        let refused = try await rig.lifecycle.publish(site, by: me)
        #expect(refused.publication.state == .failed)
        #expect(try await rig.events().last == "site.publication_failed")
        try FileManager.default.removeItem(atPath: blocked)
        _ = try await rig.lifecycle.publish(site, by: me)
        let next = try await rig.lifecycle.issue(
            made.certificate.number, IssuanceDraft(reason: .renewal), by: me)
        try await rig.issuance(next.number, is: .done)
        _ = try await rig.lifecycle.unlink(site, by: me)
        _ = try await rig.lifecycle.publish(site, by: me)
        _ = try await rig.lifecycle.unpublish(site, by: me)
        try await rig.lifecycle.deleteSite(site, by: me)
        let webhook = try await rig.lifecycle.createWebhook(url: "https://app.example/", by: me)
        try await rig.lifecycle.deleteWebhook(webhook.number, by: me)
    }

    private func signingRequest(_ name: String) throws -> String {
        let der = try CertificateRequest.der(
            names: [CertificateName(name)!], key: PrivateKey.generate(.p256))
        return text(try CertificateRequest.pem(der: der))
    }
}
