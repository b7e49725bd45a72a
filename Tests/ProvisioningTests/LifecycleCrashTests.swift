// SPDX-License-Identifier: Apache-2.0
import Foundation
import Registry
import Testing
import TLS

@testable import Provisioning

/// A process that is killed at any step of an operation: what the next one says and what it serves are
/// the same.
@Suite struct LifecycleCrashTests {
    private let me = LifecycleRig.caller
    private let album = CrashAlbum()

    /// Starts over what each crash in `operation` leaves.
    private func eachCrash(
        of rig: LifecycleRig, in operation: () async throws -> Void,
        _ judge: (LifecycleRig) async throws -> Void
    ) async throws {
        album.open(rig.edge.path)
        try await operation()
        let images = album.close()
        // Before and after at least two commits.
        #expect(images.count >= 4)
        for image in images {
            let next = try await LifecycleRig(path: image, clock: rig.edge.clock)
            try await next.edge.until {
                let open = try? await next.registry.openIssuances(PageRequest())
                return open?.elements.isEmpty ?? false
            }
            try await judge(next)
        }
    }

    /// The version that is said to serve, after comparing it with what does.
    @discardableResult
    private func agreed(_ rig: LifecycleRig) async throws -> CertificateVersion {
        let domain = try await rig.lifecycle.domain(
            .name(try #require(CertificateName("a.example"))), for: me)
        let certificate = try await rig.certificate(try #require(domain.certificate))
        let version = try await rig.version(try #require(certificate.currentVersion))
        #expect(version.state == .active)
        #expect(await rig.serial("a.example") == version.serial)
        var filter = VersionFilter()
        filter.state = .active
        let active = try await rig.lifecycle.versions(filter, PageRequest(), for: me).elements
        #expect(active.map(\.number) == [version.number])
        #expect(try await rig.registry.unsettledNames() == [])
        // It was not obtained by the visit.
        #expect(rig.edge.issuer.orders.isEmpty)
        return version
    }

    private func issued(
        _ rig: LifecycleRig, activation: ManagedCertificate.Activation = .automatic
    ) async throws -> CertificateVersion {
        var draft = CertificateDraft(names: rig.names("a.example"))
        draft.activation = activation
        let made = try await rig.lifecycle.create(draft, by: me)
        let done = try await rig.issuance(made.issuance.number, is: .done)
        return try await rig.version(done.version)
    }

    @Test func `an upload that is being replaced`() async throws {
        let rig = try await LifecycleRig(album: album)
        let first = try await rig.lifecycle.upload(try rig.pair("a.example"), by: me)
        let upload = try rig.pair("a.example")
        try await eachCrash(of: rig) {
            _ = try await rig.lifecycle.replace(first.number, with: upload, by: me)
        } _: { next in
            let version = try await agreed(next)
            #expect(version.number == first.number)
        }
    }

    @Test func `a version that can be stored for one of its names only`() async throws {
        let rig = try await LifecycleRig(album: album)
        let made = try await rig.lifecycle.create(
            CertificateDraft(names: rig.names("a.example", "b.example")), by: me)
        let done = try await rig.issuance(made.issuance.number, is: .done)
        let first = try await rig.version(done.version)
        // In the place of the folder of the second name there is a file.
        let folder = "\(rig.edge.path)/domains/b.example"
        try FileManager.default.removeItem(atPath: folder)
        try Data().write(to: URL(fileURLWithPath: folder))
        let again = try await rig.lifecycle.issue(
            first.certificate, IssuanceDraft(reason: .reissue), by: me)
        #expect(try await rig.postponed(again.number).state == .installing)
        await rig.edge.scan.pass()
        #expect(await rig.serial("a.example") == first.serial)
        #expect(rig.edge.metadata("a.example")?.id == first.fingerprint)
        try FileManager.default.removeItem(atPath: folder)
        album.open(rig.edge.path)
        _ = try await rig.lifecycle.change(made.certificate.number, CertificateChange(), by: me)
        let image = try #require(album.close().last)
        let next = try await LifecycleRig(path: image, clock: rig.edge.clock)
        #expect(await next.serial("a.example") == first.serial)
        #expect(await next.serial("b.example") == first.serial)
        #expect(try await next.registry.unsettledNames() == [])
    }

    @Test func `a version that is being activated`() async throws {
        let rig = try await LifecycleRig(album: album)
        let first = try await issued(rig)
        let again = try await rig.lifecycle.issue(
            first.certificate, IssuanceDraft(reason: .reissue), by: me)
        try await rig.issuance(again.number, is: .done)
        #expect(try await rig.version(first.number).state == .superseded)
        var seen: Set<VersionNumber> = []
        try await eachCrash(of: rig) {
            _ = try await rig.lifecycle.activate(first.number, by: me)
        } _: { next in
            seen.insert(try await agreed(next).number)
        }
        #expect(seen == [first.number, again.version])
    }

    @Test func `a site that is being published with another certificate`() async throws {
        let rig = try await LifecycleRig(album: album)
        let first = try await issued(rig, activation: .sites)
        let second = try await issued(rig, activation: .sites)
        var change = SiteChange()
        change.name = "shop"
        change.hosts = [name("a.example")]
        let site = try await rig.lifecycle.createSite(change, by: me).number
        _ = try await rig.lifecycle.link(first.number, to: site, by: me)
        _ = try await rig.lifecycle.publish(site, by: me)
        _ = try await rig.lifecycle.unlink(site, by: me)
        _ = try await rig.lifecycle.link(second.number, to: site, by: me)
        var seen: Set<VersionNumber> = []
        try await eachCrash(of: rig) {
            _ = try await rig.lifecycle.publish(site, by: me)
        } _: { next in
            let version = try await agreed(next)
            let found = try await next.lifecycle.site(site, for: me)
            #expect(found.publishedVersion == version.number)
            seen.insert(version.number)
        }
        #expect(seen == [first.number, second.number])
    }
}
