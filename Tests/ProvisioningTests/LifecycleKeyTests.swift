// SPDX-License-Identifier: Apache-2.0
import Foundation
@testable import Provisioning
import Registry
import Testing
import TLS

/// How long private keys stay in the records.
@Suite struct LifecycleKeyTests {
    private let me = LifecycleRig.caller

    private func hasKey(_ version: CertificateVersion, _ rig: LifecycleRig) async throws -> Bool {
        let isKept = try await rig.registry.privateKey(version.keyNumber) != nil
        #expect(try await rig.version(version.number).hasKey == isKept)
        return isKept
    }

    private func pass(_ time: Duration, _ rig: LifecycleRig) async {
        rig.edge.clock.advance(by: time)
        await rig.lifecycle.doWhatIsDue()
    }

    /// A pair that serves `a.example`, and the one that took its place.
    private func replaced(
        _ rig: LifecycleRig
    ) async throws -> (old: CertificateVersion, new: CertificateVersion) {
        var draft = CertificateDraft(names: rig.names("a.example"))
        draft.renewsItself = false
        let made = try await rig.lifecycle.create(draft, by: me)
        let first = try await rig.issuance(made.issuance.number, is: .done)
        let next = try await rig.lifecycle.issue(
            made.certificate.number, IssuanceDraft(reason: .reissue), by: me)
        let second = try await rig.issuance(next.number, is: .done)
        return (try await rig.version(first.version), try await rig.version(second.version))
    }

    @Test func `a superseded version keeps its key while it is valid, and not beyond`()
        async throws
    {
        let rig = try await LifecycleRig()
        let (old, new) = try await replaced(rig)
        #expect(old.state == .superseded)
        #expect(try await hasKey(old, rig))
        // It can be gone back to.
        _ = try await rig.lifecycle.activate(old.number, by: me)
        _ = try await rig.lifecycle.activate(new.number, by: me)
        let end = try #require(old.notAfter)
        await pass(rig.edge.clock.now.duration(to: end) + .seconds(60), rig)
        try await rig.edge.until {
            (try? await rig.registry.privateKey(old.keyNumber)) == nil
        }
        #expect(try await !hasKey(old, rig))
        #expect(try await rig.events().contains("key.deleted"))
        await #expect(throws: LifecycleError.self) {
            try await rig.lifecycle.privateKey(of: old.number, by: me)
        }
    }

    @Test func `the key of what serves stays, also when it has ended, until its successor serves`()
        async throws
    {
        let rig = try await LifecycleRig()
        let (_, new) = try await replaced(rig)
        let end = try #require(new.notAfter)
        await pass(rig.edge.clock.now.duration(to: end) + .seconds(60), rig)
        try await rig.edge.until {
            (try? await rig.events())?.contains("version.expired") == true
        }
        #expect(try await hasKey(new, rig))
        let next = try await rig.lifecycle.issue(
            new.certificate, IssuanceDraft(reason: .api), by: me)
        try await rig.issuance(next.number, is: .done)
        #expect(try await !hasKey(new, rig))
    }

    @Test func `a version that lost its name to another certificate keeps its key to its end`()
        async throws
    {
        let rig = try await LifecycleRig()
        var draft = CertificateDraft(names: rig.names("a.example"))
        draft.renewsItself = false
        let first = try await rig.lifecycle.create(draft, by: me).issuance
        try await rig.issuance(first.number, is: .done)
        let second = try await rig.lifecycle.create(draft, by: me).issuance
        try await rig.issuance(second.number, is: .done)
        let displaced = try await rig.version(first.version)
        #expect(displaced.state == .superseded)
        let certificate = try await rig.certificate(first.certificate)
        #expect(certificate.currentVersion == displaced.number)
        #expect(try await hasKey(displaced, rig))
        let end = try #require(displaced.notAfter)
        await pass(rig.edge.clock.now.duration(to: end) + .seconds(60), rig)
        try await rig.edge.until {
            (try? await rig.registry.privateKey(displaced.keyNumber)) == nil
        }
        #expect(try await !hasKey(displaced, rig))
        #expect(try await hasKey(rig.version(second.version), rig))
    }

    @Test func `a visit after the end has the key of before forgotten`() async throws {
        let rig = try await LifecycleRig()
        let recorder = RegistryRecorder(
            registry: rig.registry, table: rig.edge.table, then: rig.edge.events,
            clock: { rig.edge.clock.now })
        func visit(_ count: Int) async throws -> CertificateVersion {
            let served = try #require(await rig.edge.visit("a.example").certificate)
            await rig.edge.onControl { edge in
                for event in edge.events.all { recorder.record(event) }
            }
            try await rig.edge.until {
                let events = try? await rig.events()
                return events?.count { $0 == "version.activated" } == count
            }
            let domain = try await rig.lifecycle.domain(
                .name(CertificateName("a.example")!), for: me)
            let certificate = try await rig.certificate(try #require(domain.certificate))
            let version = try await rig.version(try #require(certificate.currentVersion))
            #expect(version.serial == served.serialHex)
            return version
        }
        let first = try await visit(1)
        let end = try #require(first.notAfter)
        await pass(rig.edge.clock.now.duration(to: end) + .seconds(60), rig)
        try await rig.edge.until {
            (try? await rig.events())?.contains("version.expired") == true
        }
        #expect(try await hasKey(first, rig))
        let second = try await visit(2)
        #expect(second.certificate == first.certificate)
        #expect(try await !hasKey(first, rig))
        #expect(try await hasKey(second, rig))
    }

    @Test func `the key of a deleted version goes with it`() async throws {
        let rig = try await LifecycleRig()
        let (old, _) = try await replaced(rig)
        try await rig.lifecycle.delete(old.number, by: me)
        #expect(try await rig.registry.privateKey(old.keyNumber) == nil)
    }
}
