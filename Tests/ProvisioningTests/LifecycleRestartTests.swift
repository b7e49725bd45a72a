// SPDX-License-Identifier: Apache-2.0
import Foundation
import Networking
@testable import Provisioning
import Registry
import Storage
import Testing
import TLS

/// A process that ends at any moment, and the next one over the same records.
@Suite struct LifecycleRestartTests {
    private let me = LifecycleRig.caller

    /// What is there after the process was killed: a copy, for the first one does not know.
    private func restarted(_ rig: LifecycleRig) async throws -> LifecycleRig {
        let path = "\(rig.edge.path)-next"
        try FileManager.default.copyItem(atPath: rig.edge.path, toPath: path)
        return try await LifecycleRig(path: path, clock: rig.edge.clock)
    }

    @Test func `an order that was under way is made again`() async throws {
        let rig = try await LifecycleRig()
        rig.edge.issuer.closeGate()
        let made = try await rig.lifecycle.create(
            CertificateDraft(names: rig.names("a.example")), by: me)
        try await rig.edge.until { rig.edge.issuer.orders.count == 1 }
        let next = try await restarted(rig)
        let done = try await next.issuance(made.issuance.number, is: .done)
        #expect(await next.serial("a.example") == (try await next.version(done.version)).serial)
        rig.edge.issuer.openGate()
    }

    @Test func `one that waits for a delegation goes on waiting`() async throws {
        let rig = try await LifecycleRig()
        rig.edge.issuer.set { $0.methods = ["dns-01"] }
        let made = try await rig.lifecycle.create(
            CertificateDraft(names: rig.names("*.a.example")), by: me)
        try await rig.issuance(made.issuance.number, is: .awaitingDelegation)
        let next = try await restarted(rig)
        next.edge.issuer.set { $0.methods = ["dns-01"] }
        next.edge.check.delegate(name("a.example"))
        next.edge.clock.advance(by: .seconds(20))
        await next.lifecycle.doWhatIsDue()
        try await next.issuance(made.issuance.number, is: .done)
    }

    @Test func `what was signed and not yet installed is`() async throws {
        let rig = try await LifecycleRig()
        // A folder that nothing can be written to: the certificate is kept, and does not get further.
        let domains = "\(rig.edge.path)/domains"
        try? FileManager.default.removeItem(atPath: domains)
        try Data().write(to: URL(fileURLWithPath: domains))
        let made = try await rig.lifecycle.create(
            CertificateDraft(names: rig.names("a.example")), by: me)
        let failed = try await rig.postponed(made.issuance.number)
        #expect(failed.state == .installing && failed.failure?.blame == "operator")
        try FileManager.default.removeItem(atPath: domains)
        let next = try await restarted(rig)
        await next.goOn(to: failed)
        let done = try await next.issuance(made.issuance.number, is: .done)
        #expect(await next.serial("a.example") == (try await next.version(done.version)).serial)
        #expect(done.failure == nil && done.attempts?.next == nil)
        #expect(next.edge.issuer.orders.isEmpty)
    }

    @Test func `a deprovisioned name stays refused, and its files go`() async throws {
        let rig = try await LifecycleRig()
        let made = try await rig.lifecycle.create(
            CertificateDraft(names: rig.names("a.example")), by: me)
        try await rig.issuance(made.issuance.number, is: .done)
        // The word was given, and then the process ended.
        try await rig.registry.change(by: me) { $0.withdraw(CertificateName("a.example")!) }
        let next = try await restarted(rig)
        #expect(await next.edge.visit("a.example") == .refused(.unrecognizedName))
        #expect(next.edge.metadata("a.example") == nil)
    }

    @Test func `origins are told again`() async throws {
        let rig = try await LifecycleRig()
        var draft = DomainDraft(name: CertificateName("a.example")!)
        draft.applicationURLs = ["http://127.0.0.1:9001"]
        _ = try await rig.lifecycle.register(draft, by: me)
        let next = try await restarted(rig)
        #expect(next.origins["a.example"] == ["http://127.0.0.1:9001"])
    }

    @Test func `a registered name may be visited where others may not`() async throws {
        let first = try await LifecycleRig()
        _ = try await first.lifecycle.register(
            DomainDraft(name: CertificateName("a.example")!), by: me)
        let edge = try await Edge(registration: RegisteredDomains(first.registry)) {
            $0.registeredOnly = true
        }
        #expect(await edge.visit("a.example").certificate != nil)
        #expect(await edge.visit("b.example") == .refused(.unrecognizedName))
    }

    @Test func `first visits and their renewals are written down`() async throws {
        let rig = try await LifecycleRig()
        let recorder = RegistryRecorder(
            registry: rig.registry, table: rig.edge.table, then: rig.edge.events)
        func tell() async throws {
            await rig.edge.onControl { edge in
                for event in edge.events.all { recorder.record(event) }
            }
        }
        let first = try #require(await rig.edge.visit("a.example").certificate)
        try await tell()
        try await rig.edge.until { (try? await rig.events().contains("domain.secured")) ?? false }
        let domain = try await rig.lifecycle.domain(
            .name(CertificateName("a.example")!), for: me)
        #expect(domain.source == .firstVisit && domain.state == .secured)
        let certificate = try await rig.certificate(try #require(domain.certificate))
        let version = try await rig.version(try #require(certificate.currentVersion))
        #expect(version.serial == first.serialHex && version.state == .active && version.hasKey)
        let issuance = try await rig.lifecycle.issuance(try #require(version.issuance), for: me)
        #expect(issuance.reason == .firstVisit && issuance.state == .done)
        // Told twice, written once.
        let count = try await rig.events().count
        try await tell()
        await rig.edge.onControl { _ in }
        #expect(try await rig.events().count == count)
        // By the API it is taken over: one line, a second version.
        let again = try await rig.lifecycle.issue(
            certificate.number, IssuanceDraft(reason: .reissue), by: me)
        let done = try await rig.issuance(again.number, is: .done)
        #expect(await rig.serial("a.example") == (try await rig.version(done.version)).serial)
    }

    @Test func `a first visit that was not written down is, by the next process`() async throws {
        let rig = try await LifecycleRig()
        let served = try #require(await rig.edge.visit("a.example").certificate)
        // Before it was written down, and beside it a pair that an operator has copied in.
        try rig.edge.copyIn(
            try rig.edge.issuer.pair([CertificateName("b.example")!]), as: "b.example")
        let next = try await restarted(rig)
        let recorder = RegistryRecorder(
            registry: next.registry, table: next.edge.table, then: next.edge.events,
            clock: { next.edge.clock.now })
        await next.edge.onControl { edge in
            await edge.scan.pass()
            recorder.record(.loaded(certificates: edge.table.value.count))
        }
        try await next.edge.until {
            (try? await next.events().contains("domain.secured")) ?? false
        }
        let domain = try await next.lifecycle.domain(
            .name(CertificateName("a.example")!), for: me)
        let certificate = try await next.certificate(try #require(domain.certificate))
        let version = try await next.version(try #require(certificate.currentVersion))
        #expect(version.serial == served.serialHex)
        // Once; and what was copied in stays the operator's.
        let count = try await next.events().count
        await next.edge.onControl { _ in
            recorder.record(.loaded(certificates: 2))
            recorder.record(.returned(CertificateName("a.example")!))
        }
        try await next.edge.until {
            (try? await next.events().contains("domain.returned")) ?? false
        }
        #expect(try await next.events().count == count + 1)
        await #expect(throws: LifecycleError.self) {
            try await next.lifecycle.domain(.name(CertificateName("b.example")!), for: me)
        }
    }

    @Test func `what finds no room to be written down is left out`() async throws {
        let rig = try await LifecycleRig()
        let recorder = RegistryRecorder(
            registry: rig.registry, table: rig.edge.table, then: rig.edge.events)
        let leftOut = await rig.edge.control.run {
            for _ in 0...RegistryRecorder.pendingMax {
                recorder.record(.returned(CertificateName("unknown.example")!))
            }
            return recorder.leftOut
        }
        #expect(leftOut == 1)
        #expect(rig.edge.events.kinds.count { $0 == "returned" } == RegistryRecorder.pendingMax + 1)
        #expect(rig.edge.events.kinds.count { $0 == "eventsLeftOut" } == 1)
    }

    @Test func `what of visits cannot be written down is said, once a minute`() async throws {
        let album = CrashAlbum()
        let rig = try await LifecycleRig(album: album)
        let domain = CertificateName("a.example")!
        _ = try await rig.lifecycle.register(DomainDraft(name: domain), by: me)
        let recorder = RegistryRecorder(
            registry: rig.registry, table: rig.edge.table, then: rig.edge.events,
            clock: { rig.edge.clock.now })
        album.fill()
        for minute in 1...2 {
            await rig.edge.onControl { _ in
                for _ in 0..<3 { recorder.record(.moved(domain, why: "")) }
            }
            try await rig.edge.until { [events = rig.edge.events] in
                events.kinds.count { $0 == "choreFailed" } == minute
            }
            rig.edge.clock.advance(by: .seconds(61))
        }
        #expect(rig.edge.events.kinds.count { $0 == "moved" } == 6)
    }
}
