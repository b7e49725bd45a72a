// SPDX-License-Identifier: Apache-2.0
import ACME
import Foundation
@testable import Provisioning
import Registry
import Testing
import TLS

/// A certificate that could not be had at first is attempted again by itself.
@Suite struct LifecycleAttemptTests {
    private let me = LifecycleRig.caller
    private let domain = DomainReference.name(CertificateName("a.example")!)

    /// An issuance whose first attempt has failed.
    private func begun(
        _ rig: LifecycleRig, failing error: ACMEErrorClass
    ) async throws -> Issuance {
        rig.edge.issuer.set { $0.error = error }
        let made = try await rig.lifecycle.create(
            CertificateDraft(names: rig.names("a.example")), by: me)
        return try await rig.postponed(made.issuance.number)
    }

    private func told(_ kind: String, _ rig: LifecycleRig) async throws -> Int {
        try await rig.events().count { $0 == kind }
    }

    @Test(arguments: [ACMEErrorClass.validation, .outage, .rateLimited(retryAfter: nil), .local])
    func `what may pass is attempted again at its time, and no failure is told`(
        error: ACMEErrorClass
    ) async throws {
        let rig = try await LifecycleRig()
        let first = try await begun(rig, failing: error)
        #expect(first.state == .authorizing)
        #expect(first.failure?.detail.contains("no luck today") == true)
        #expect(first.authorizations.map(\.state) == [.pending])
        let certificate = try await rig.certificate(first.certificate)
        #expect(try await rig.lifecycle.status(of: certificate) == .pending)
        // Not before its time.
        let next = try #require(first.attempts?.next)
        rig.edge.clock.advance(
            by: .seconds(Int(next.timeIntervalSince(rig.edge.clock.now)) - 1))
        await rig.lifecycle.doWhatIsDue()
        #expect(await rig.lifecycle.atWork.isEmpty)
        #expect(rig.edge.issuer.orders.count == 1)
        rig.edge.issuer.set { $0.error = nil }
        await rig.goOn(to: first)
        let done = try await rig.issuance(first.number, is: .done)
        #expect(done.failure == nil && done.attempts == nil)
        #expect(rig.edge.issuer.orders.count == 2)
        #expect(await rig.serial("a.example") == (try await rig.version(done.version)).serial)
        #expect(try await told("issuance.postponed", rig) == 1)
        #expect(try await told("issuance.failed", rig) == 0)
        // The operator hears of it.
        #expect(failures(rig).map(\.snapshot) == [first.snapshot])
    }

    /// What the operator is told of attempts.
    private func failures(_ rig: LifecycleRig) -> [Issuance] {
        rig.edge.events.all.compactMap { event in
            if case .issuanceFailed(let issuance) = event { issuance } else { nil }
        }
    }

    @Test func `a postponement says why, when it goes on, and which request asked for it`()
        async throws
    {
        let rig = try await LifecycleRig()
        let first = try await begun(rig, failing: .outage)
        let events = try await rig.lifecycle.events(
            EventFilter(), after: nil, limit: 500, for: me
        ).elements
        let event = try #require(events.last)
        #expect(event.kind == .issuancePostponed && event.cause == .api)
        #expect(event.requestID == me.requestID)
        #expect(event.data == first.snapshot)
        #expect(first.failure?.code == "unavailable" && first.attempts?.count == 1)
        // The same reason is no news, another one is.
        await rig.goOn(to: first)
        let second = try await rig.postponed(first.number, failed: 2)
        #expect(try await told("issuance.postponed", rig) == 1)
        rig.edge.issuer.set { $0.error = .rateLimited(retryAfter: nil) }
        await rig.goOn(to: second)
        _ = try await rig.postponed(first.number, failed: 3)
        #expect(try await told("issuance.postponed", rig) == 2)
    }

    @Test(arguments: [ACMEErrorClass.refused, .account])
    func `what cannot pass by itself ends it at once`(error: ACMEErrorClass) async throws {
        let rig = try await LifecycleRig()
        let ended = try await begun(rig, failing: error)
        #expect(ended.state == .rejected && ended.attempts == nil)
        #expect(try await told("issuance.failed", rig) == 1)
        #expect(try await told("issuance.postponed", rig) == 0)
    }

    @Test func `CAA that forbids ends it, and CAA that cannot be read does not`() async throws {
        let rig = try await LifecycleRig()
        rig.edge.check.point(name("a.example"), at: .caaServerFailure)
        let first = try await begun(rig, failing: .outage)
        #expect(first.state == .authorizing && first.failure?.code == "caa_server_failure")
        rig.edge.check.point(name("a.example"), at: .caaForbids)
        await rig.goOn(to: first)
        try await rig.issuance(first.number, is: .authorizationFailed)
        #expect(rig.edge.issuer.orders.isEmpty)
    }

    @Test func `a CNAME that is missing by then is waited for, and no failure is left`()
        async throws
    {
        let rig = try await LifecycleRig()
        let first = try await begun(rig, failing: .outage)
        rig.edge.issuer.set { $0.error = nil }
        rig.edge.check.point(name("a.example"), at: .wrongTarget)
        await rig.goOn(to: first)
        let waiting = try await rig.issuance(first.number, is: .awaitingDelegation)
        #expect(waiting.failure == nil && waiting.attempts == nil)
        rig.edge.check.point(name("a.example"), at: nil)
        try await rig.issuance(first.number, is: .done, within: .seconds(20))
    }

    @Test func `after the last attempt it has failed, once`() async throws {
        let rig = try await LifecycleRig { $0.attempts.attemptsMax = 4 }
        var issuance = try await begun(rig, failing: .validation)
        while issuance.attempts?.next != nil {
            let failed = issuance.attempts?.count ?? 0
            await rig.goOn(to: issuance)
            issuance = try await rig.postponed(issuance.number, failed: failed + 1)
        }
        #expect(issuance.state == .authorizationFailed)
        #expect(rig.edge.issuer.orders.count == 4)
        #expect(try await told("issuance.failed", rig) == 1)
        #expect(try await rig.certificate(issuance.certificate).hasFailed)
        try await rig.edge.until { failures(rig).count == 4 }
        #expect(failures(rig).map { $0.attempts?.next == nil } == [false, false, false, true])
    }

    @Test func `a CA that says how long is left alone for so long`() async throws {
        let rig = try await LifecycleRig()
        let first = try await begun(rig, failing: .rateLimited(retryAfter: .seconds(7200)))
        let next = try #require(first.attempts?.next)
        #expect((7200...8640).contains(next.timeIntervalSince(rig.edge.clock.now)))
    }

    // MARK: Who interferes

    @Test func `the next process waits for the same moment`() async throws {
        let rig = try await LifecycleRig()
        let first = try await begun(rig, failing: .outage)
        let path = "\(rig.edge.path)-next"
        try FileManager.default.copyItem(atPath: rig.edge.path, toPath: path)
        let next = try await LifecycleRig(path: path, clock: rig.edge.clock)
        #expect(await next.lifecycle.looking[first.number] == first.attempts?.next)
        #expect(await next.lifecycle.atWork.isEmpty)
        #expect(next.edge.issuer.orders.isEmpty)
        await next.goOn(to: first)
        try await next.issuance(first.number, is: .done)
    }

    @Test func `a call attempts it at once, also one that provisions its domain`() async throws {
        let rig = try await LifecycleRig { $0.attempts.attemptsMax = 2 }
        let first = try await begun(rig, failing: .outage)
        let again = try await rig.lifecycle.retry(first.number, by: me)
        #expect(again.number == first.number)
        _ = try await rig.postponed(first.number, failed: 2)
        var draft = IssuanceDraft(reason: .api)
        #expect(
            try await rig.lifecycle.issue(first.certificate, draft, by: me).number == first.number)
        let third = try await rig.postponed(first.number, failed: 3)
        // It uses none of the schedule up.
        let next = try #require(third.attempts?.next)
        #expect((60...72).contains(next.timeIntervalSince(rig.edge.clock.now)))
        draft.keyKind = .rsa2048
        await #expect(throws: LifecycleError.self) {
            try await rig.lifecycle.issue(first.certificate, draft, by: me)
        }
        rig.edge.issuer.set { $0.error = nil }
        #expect(try await rig.lifecycle.provision(domain, by: me).number == first.number)
        try await rig.issuance(first.number, is: .done)
        #expect(rig.edge.issuer.orders.count == 4)
    }

    @Test func `a call that comes while an attempt ends is heard`() async throws {
        let rig = try await LifecycleRig()
        rig.edge.issuer.closeGate()
        rig.edge.issuer.set { $0.error = .outage }
        let made = try await rig.lifecycle.create(
            CertificateDraft(names: rig.names("a.example")), by: me)
        try await rig.edge.until { rig.edge.issuer.orders.count == 1 }
        await rig.lifecycle.enqueue(made.issuance.number)
        rig.edge.issuer.openGate()
        _ = try await rig.postponed(made.issuance.number, failed: 2)
        #expect(rig.edge.issuer.orders.count == 2)
    }

    @Test(arguments: ["cancel", "delete", "deprovision"])
    func `it ends with its issuance, its certificate and its domain`(end: String) async throws {
        let rig = try await LifecycleRig()
        let first = try await begun(rig, failing: .outage)
        let next = try #require(first.attempts?.next)
        switch end {
        case "cancel": _ = try await rig.lifecycle.cancel(first.number, by: me)
        case "delete": try await rig.lifecycle.delete(first.certificate, by: me)
        default: try await rig.lifecycle.deprovision(domain, by: me)
        }
        let ended = try await rig.issuance(first.number, is: .canceled)
        #expect(ended.attempts?.next == nil)
        #expect(await rig.lifecycle.looking.isEmpty)
        rig.edge.issuer.set { $0.error = nil }
        rig.edge.clock.advance(
            by: .seconds(Int(next.timeIntervalSince(rig.edge.clock.now)) + 1))
        await rig.lifecycle.doWhatIsDue()
        #expect(await rig.lifecycle.atWork.isEmpty)
        #expect(rig.edge.issuer.orders.count == 1)
    }

    /// Deletes a certificate while it is ordered; the order fails when it is told.
    private func deletion(
        of made: (certificate: ManagedCertificate, issuance: Issuance), _ rig: LifecycleRig
    ) async throws -> Task<Void, any Error> {
        try await rig.edge.until { rig.edge.issuer.orders.count == 1 }
        let deletion = Task { [lifecycle = rig.lifecycle, me] in
            try await lifecycle.delete(made.certificate.number, by: me)
        }
        try await rig.edge.until { [lifecycle = rig.lifecycle] in
            await lifecycle.atWork[made.issuance.number]?.isCancelled ?? false
        }
        rig.edge.issuer.set { $0.error = .local }
        return deletion
    }

    @Test func `what is given up while it is ordered was canceled, and nothing has failed`()
        async throws
    {
        let rig = try await LifecycleRig()
        rig.edge.issuer.closeGate()
        let made = try await rig.lifecycle.create(
            CertificateDraft(names: rig.names("a.example")), by: me)
        let deletion = try await deletion(of: made, rig)
        rig.edge.issuer.openGate()
        try await deletion.value
        let ended = try await rig.issuance(made.issuance.number, is: .canceled)
        #expect(ended.attempts == nil && ended.failure == nil)
        #expect(try await told("issuance.postponed", rig) == 0)
        #expect(await rig.lifecycle.looking.isEmpty)
    }

    @Test func `what could not be given up goes on`() async throws {
        let album = CrashAlbum()
        let rig = try await LifecycleRig(album: album)
        rig.edge.issuer.closeGate()
        let made = try await rig.lifecycle.create(
            CertificateDraft(names: rig.names("a.example")), by: me)
        let deletion = try await deletion(of: made, rig)
        album.fill()
        rig.edge.issuer.openGate()
        await #expect(throws: LifecycleError.self) { try await deletion.value }
        rig.edge.issuer.set { $0.error = nil }
        album.fill(false)
        try await rig.issuance(made.issuance.number, is: .done, within: .seconds(61))
    }

    @Test func `a certificate that is deleted takes what was begun meanwhile with it`()
        async throws
    {
        let rig = try await LifecycleRig()
        let first = try await begun(rig, failing: .outage)
        try await rig.registry.change(by: me) { try await $0.delete(first.certificate) }
        try await rig.issuance(first.number, is: .canceled)
        await rig.goOn(to: first)
        try await rig.edge.until { [lifecycle = rig.lifecycle] in
            await lifecycle.atWork.isEmpty
        }
        #expect(rig.edge.issuer.orders.count == 1)
    }

    @Test func `a request that cannot be read ends it`() async throws {
        let rig = try await LifecycleRig()
        let first = try await begun(rig, failing: .outage)
        try await rig.registry.change(by: me) { change in
            guard var issuance = try await change.issuance(first.number) else { return }
            issuance.request = "no request"
            change.put(issuance)
        }
        await rig.goOn(to: first)
        try await rig.issuance(first.number, is: .authorizationFailed)
        #expect(rig.edge.issuer.orders.count == 1)
    }

    @Test func `a reissue that fails has failed: what is there serves`() async throws {
        let rig = try await LifecycleRig()
        let made = try await rig.lifecycle.create(
            CertificateDraft(names: rig.names("a.example")), by: me)
        try await rig.issuance(made.issuance.number, is: .done)
        rig.edge.issuer.set { $0.error = .outage }
        let again = try await rig.lifecycle.issue(
            made.certificate.number, IssuanceDraft(reason: .reissue), by: me)
        try await rig.issuance(again.number, is: .rejected)
    }

    @Test func `a CA that comes back is asked by so many at once`() async throws {
        let rig = try await LifecycleRig { $0.concurrency = 2 }
        rig.edge.issuer.set { $0.error = .outage }
        var waiting: [Issuance] = []
        for index in 0..<6 {
            let draft = CertificateDraft(names: rig.names("host-\(index).example"))
            let number = try await rig.lifecycle.create(draft, by: me).issuance.number
            waiting.append(try await rig.postponed(number))
        }
        #expect(Set(waiting.map(\.attempts?.next)).count == 6)
        rig.edge.issuer.set { $0.error = nil }
        rig.edge.issuer.closeGate()
        rig.edge.clock.advance(by: .seconds(3600))
        await rig.lifecycle.doWhatIsDue()
        try await rig.edge.until { rig.edge.issuer.orders.count == 8 }
        #expect(await rig.lifecycle.atWork.count == 2)
        #expect(await rig.lifecycle.queue.count == 4)
        rig.edge.issuer.openGate()
        for issuance in waiting { try await rig.issuance(issuance.number, is: .done) }
    }

    @Test func `what cannot be written down is not ordered time and again`() async throws {
        let album = CrashAlbum()
        let rig = try await LifecycleRig(album: album)
        rig.edge.issuer.closeGate()
        let made = try await rig.lifecycle.create(
            CertificateDraft(names: rig.names("a.example")), by: me)
        try await rig.edge.until { rig.edge.issuer.orders.count == 1 }
        album.fill()
        rig.edge.issuer.openGate()
        let number = made.issuance.number
        for _ in 0..<3 {
            // It waits for the disk: each time it would have ordered.
            try await rig.edge.until { [lifecycle = rig.lifecycle, clock = rig.edge.clock] in
                let next = await lifecycle.looking[number]
                return await lifecycle.atWork.isEmpty && next.map { $0 > clock.now } ?? false
            }
            rig.edge.clock.advance(by: .seconds(61))
            await rig.lifecycle.doWhatIsDue()
        }
        try await rig.edge.until { [lifecycle = rig.lifecycle] in
            await lifecycle.atWork.isEmpty
        }
        #expect(rig.edge.issuer.orders.count == 1)
        #expect(rig.edge.events.kinds.contains("choreFailed"))
        album.fill(false)
        let done = try await rig.issuance(number, is: .done, within: .seconds(61))
        #expect(rig.edge.issuer.orders.count == 1)
        #expect(await rig.serial("a.example") == (try await rig.version(done.version)).serial)
    }

    @Test func `what is due and cannot be written is said, and does not keep the rest waiting`()
        async throws
    {
        let album = CrashAlbum()
        let rig = try await LifecycleRig(album: album)
        for host in ["a.example", "b.example"] {
            _ = try await rig.lifecycle.upload(try rig.pair(host), by: me)
        }
        rig.edge.clock.advance(by: .seconds(2 * 86_400))
        album.failCommit(after: 0)
        await rig.lifecycle.doWhatIsDue()
        #expect(try await told("version.expired", rig) == 1)
        #expect(rig.edge.events.kinds.count { $0 == "choreFailed" } == 1)
        // Once a minute.
        album.fill()
        await rig.lifecycle.doWhatIsDue()
        #expect(rig.edge.events.kinds.count { $0 == "choreFailed" } == 1)
        rig.edge.clock.advance(by: .seconds(61))
        await rig.lifecycle.doWhatIsDue()
        #expect(rig.edge.events.kinds.count { $0 == "choreFailed" } == 2)
        album.fill(false)
        await rig.lifecycle.doWhatIsDue()
        #expect(try await told("version.expired", rig) == 2)
    }
}
