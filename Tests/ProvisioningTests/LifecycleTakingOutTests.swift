// SPDX-License-Identifier: Apache-2.0
import Foundation
import Registry
import Testing
import TLS

@testable import Provisioning

/// Operations that take certificates out of service, or put others in their place, and end half-way: by a
/// crash, or because storage fails. What is said of the name and what it serves stay the same.
@Suite struct LifecycleTakingOutTests {
    private let me = LifecycleRig.caller
    private static let host = CertificateName("a.example")!

    /// What is done to a certificate for `a.example` that serves, or to the site that it is published on.
    enum Operation: String, CaseIterable, CustomTestStringConvertible {
        case revoke, delete, deleteRevoking, deprovision, unpublish, reissueRevoking

        var testDescription: String { rawValue }
    }

    /// A rig with a version in service, and what to do to it.
    private struct World {
        let rig: LifecycleRig
        let album: CrashAlbum
        let version: CertificateVersion
        var site: SiteNumber?

        func perform(_ operation: Operation) async throws {
            let (lifecycle, me) = (rig.lifecycle, LifecycleRig.caller)
            switch operation {
            case .revoke: _ = try await lifecycle.revoke(version.number, by: me)
            case .delete: try await lifecycle.delete(version.certificate, by: me)
            case .deleteRevoking:
                try await lifecycle.delete(version.certificate, revoking: true, by: me)
            case .deprovision: try await lifecycle.deprovision(.name(host), revoking: true, by: me)
            case .unpublish:
                guard let site else { return }
                _ = try await lifecycle.unpublish(site, by: me)
            case .reissueRevoking:
                var draft = IssuanceDraft(reason: .reissue)
                draft.revokesPredecessor = true
                let again = try await lifecycle.issue(version.certificate, draft, by: me)
                try await end(of: again.number)
            }
        }

        /// What storage has stopped is begun again after a pause.
        private func end(of number: IssuanceNumber) async throws {
            try await rig.edge.until { [rig] in
                if await rig.lifecycle.looks.first != nil {
                    rig.edge.clock.advance(by: .seconds(61))
                    await rig.lifecycle.doWhatIsDue()
                }
                return (try? await rig.registry.issuance(number))?.state.isOpen == false
            }
        }
    }

    private func world(for operation: Operation) async throws -> World {
        let album = CrashAlbum()
        let rig = try await rig(album: album)
        var draft = CertificateDraft(names: [Self.host])
        if operation == .unpublish { draft.activation = .sites }
        let made = try await rig.lifecycle.create(draft, by: me)
        let done = try await rig.issuance(made.issuance.number, is: .done)
        let version = try await rig.version(done.version)
        var world = World(rig: rig, album: album, version: version)
        if operation == .unpublish {
            var change = SiteChange()
            change.name = "shop"
            change.hosts = [name("a.example")]
            let site = try await rig.lifecycle.createSite(change, by: me).number
            _ = try await rig.lifecycle.link(version.number, to: site, by: me)
            _ = try await rig.lifecycle.publish(site, by: me)
            world.site = site
        }
        #expect(await rig.serial("a.example") == version.serial)
        return world
    }

    /// Visits obtain nothing: what serves is what was there.
    private func rig(
        path: String? = nil, clock: ManualClock = ManualClock(), album: CrashAlbum? = nil
    ) async throws -> LifecycleRig {
        try await LifecycleRig(path: path, clock: clock, album: album) { _ in
        } policy: {
            $0.onDemand = false
        }
    }

    /// The version that the registry says serves the name, after comparing it with what does.
    private func agreed(_ rig: LifecycleRig) async throws -> CertificateVersion? {
        var said: CertificateVersion?
        let domain = try? await rig.lifecycle.domain(.name(Self.host), for: me)
        if let domain, let number = domain.certificate {
            let certificate = try await rig.certificate(number)
            #expect(!certificate.isDeleted)
            said = try await rig.version(try #require(certificate.currentVersion))
            #expect(said?.state == .active)
        }
        #expect((domain?.state == .secured) == (said != nil))
        if try await rig.registry.isWithdrawn(Self.host) { #expect(said == nil) }
        #expect(await rig.serial("a.example") == said?.serial)
        var filter = VersionFilter()
        filter.state = .active
        let active = try await rig.lifecycle.versions(filter, PageRequest(), for: me).elements
        #expect(active.map(\.number) == (said.map { [$0.number] } ?? []))
        return said
    }

    @Test(arguments: Operation.allCases)
    func `a crash at any moment leaves the old or the new, also to the next start`(
        _ operation: Operation
    ) async throws {
        let world = try await world(for: operation)
        world.album.open(world.rig.edge.path)
        try await world.perform(operation)
        let images = world.album.close()
        #expect(images.count >= 4)
        var seen: Set<VersionNumber?> = []
        for image in images {
            let next = try await rig(path: image, clock: world.rig.edge.clock)
            try await next.edge.until {
                let open = try? await next.registry.openIssuances(PageRequest())
                return open?.elements.isEmpty ?? false
            }
            seen.insert(try await agreed(next)?.number)
            #expect(try await next.registry.unsettledNames() == [])
            // Nothing is left in files that the start after it could serve.
            let files = next.edge.metadata("a.example")
            #expect((files == nil) == (await next.serial("a.example") == nil))
        }
        #expect(seen.contains(world.version.number))
        #expect(seen.count == 2)
    }

    @Test(arguments: Operation.allCases)
    func `a commit that fails leaves what is said and what serves the same`(
        _ operation: Operation
    ) async throws {
        var failures = 0
        for count in 0... {
            let world = try await world(for: operation)
            world.album.failCommit(after: count)
            try? await world.perform(operation)
            guard !world.album.endFailing() else { break }
            failures += 1
            _ = try await agreed(world.rig)
        }
        #expect(failures >= 2)
    }
}
