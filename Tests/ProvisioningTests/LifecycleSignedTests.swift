// SPDX-License-Identifier: Apache-2.0
import Foundation
@testable import Provisioning
import Registry
import Testing
import TLS

/// What a CA has signed is not lost, and not ordered again.
@Suite struct LifecycleSignedTests {
    private let me = LifecycleRig.caller

    @Test func `what is signed is kept, also when nothing was noted on the way`() async throws {
        let album = CrashAlbum()
        let rig = try await LifecycleRig(album: album)
        rig.edge.check.point(name("a.example"), at: .wrongTarget)
        let made = try await rig.lifecycle.create(
            CertificateDraft(names: rig.names("a.example")), by: me)
        try await rig.issuance(made.issuance.number, is: .awaitingDelegation)
        rig.edge.check.point(name("a.example"), at: nil)
        // The one that would have said that the order has begun.
        album.failCommit(after: 0)
        try await rig.issuance(made.issuance.number, is: .done, within: .seconds(20))
        #expect(!album.endFailing())
        #expect(rig.edge.issuer.orders.count == 1)
    }

    @Test func `what cannot be written is not ordered again, and beyond a bound nothing is`()
        async throws
    {
        let album = CrashAlbum()
        let rig = try await LifecycleRig(album: album) {
            $0.concurrency = 1
            $0.unkeptMax = 1
        }
        rig.edge.issuer.closeGate()
        var numbers: [IssuanceNumber] = []
        for host in ["a.example", "b.example"] {
            let draft = CertificateDraft(names: rig.names(host))
            numbers.append(try await rig.lifecycle.create(draft, by: me).issuance.number)
        }
        try await rig.edge.until { rig.edge.issuer.orders.count == 1 }
        album.fill()
        rig.edge.issuer.openGate()
        try await bothWait(rig)
        album.fill(false)
        // That it is attempted can be written, what was signed cannot.
        album.failCommit(after: 1)
        rig.edge.clock.advance(by: .seconds(61))
        await rig.lifecycle.doWhatIsDue()
        try await bothWait(rig)
        #expect(!album.endFailing())
        #expect(await rig.lifecycle.unkept.count == 1)
        #expect(rig.edge.issuer.orders.count == 1)
        for number in numbers {
            let done = try await rig.issuance(number, is: .done, within: .seconds(61))
            let host = try #require(done.commonName?.text)
            #expect(await rig.serial(host) == (try await rig.version(done.version)).serial)
        }
        #expect(rig.edge.issuer.orders.count == 2)
        #expect(await rig.lifecycle.unkept.isEmpty)
    }

    /// Until both issuances are planned for later.
    private func bothWait(_ rig: LifecycleRig) async throws {
        try await rig.edge.until { [lifecycle = rig.lifecycle, clock = rig.edge.clock] in
            let looking = await lifecycle.looking.values
            return await lifecycle.atWork.isEmpty && looking.count == 2
                && looking.allSatisfy { $0 > clock.now }
        }
    }

    // MARK: Installing

    /// Puts a file where the folder of a name would be: nothing can be stored for it.
    private func block(_ host: String, _ rig: LifecycleRig) throws {
        let folder = "\(rig.edge.path)/domains/\(host)"
        try? FileManager.default.removeItem(atPath: folder)
        try FileManager.default.createDirectory(
            atPath: "\(rig.edge.path)/domains", withIntermediateDirectories: true)
        try Data().write(to: URL(fileURLWithPath: folder))
    }

    @Test func `a reissue that is signed is installed later, without another order`() async throws {
        let rig = try await LifecycleRig()
        let made = try await rig.lifecycle.create(
            CertificateDraft(names: rig.names("a.example")), by: me)
        let first = try await rig.issuance(made.issuance.number, is: .done)
        try block("a.example", rig)
        var draft = IssuanceDraft(reason: .reissue)
        draft.revokesPredecessor = true
        let again = try await rig.lifecycle.issue(made.certificate.number, draft, by: me)
        let waiting = try await rig.postponed(again.number)
        #expect(waiting.state == .installing && waiting.failure?.code == "install")
        try FileManager.default.removeItem(atPath: "\(rig.edge.path)/domains/a.example")
        await rig.goOn(to: waiting)
        let done = try await rig.issuance(again.number, is: .done)
        #expect(await rig.serial("a.example") == (try await rig.version(done.version)).serial)
        #expect(try await rig.version(first.version).state == .revoked)
        #expect(rig.edge.issuer.orders.count == 2)
    }

    @Test func `a version that cannot be read has failed at once`() async throws {
        let rig = try await LifecycleRig()
        try block("a.example", rig)
        let made = try await rig.lifecycle.create(
            CertificateDraft(names: rig.names("a.example")), by: me)
        let waiting = try await rig.postponed(made.issuance.number)
        #expect(waiting.state == .installing)
        try await rig.registry.change(by: me) { change in
            guard var version = try await change.version(waiting.version) else { return }
            version.chain = "no chain"
            change.put(version)
        }
        await rig.goOn(to: waiting)
        try await rig.issuance(waiting.number, is: .installFailed)
    }
}
