// SPDX-License-Identifier: Apache-2.0
import ACME
import Foundation
@testable import Provisioning
import Registry
import Testing
import TLS

@Suite struct LifecycleIssuanceTests {
    private let me = LifecycleRig.caller

    @Test func `a certificate of several names is issued, served and told of`() async throws {
        let rig = try await LifecycleRig(loopCount: 2)
        let made = try await rig.lifecycle.create(
            CertificateDraft(names: rig.names("a.example", "b.example")), by: me)
        let done = try await rig.issuance(made.issuance.number, is: .done)
        let version = try await rig.version(done.version)
        #expect(version.state == .active)
        #expect(version.names.map(\.text) == ["a.example", "b.example"])
        #expect(version.hasKey && version.serial != nil && version.issuer == "scripted")
        for loop in 0..<2 {
            #expect(await rig.serial("a.example", loop: loop) == version.serial)
            #expect(await rig.serial("b.example", loop: loop) == version.serial)
        }
        let certificate = try await rig.certificate(made.certificate.number)
        #expect(certificate.currentVersion == done.version)
        #expect(certificate.openIssuance == nil)
        #expect(try await rig.lifecycle.status(of: certificate) == .active)
        let domain = try await rig.lifecycle.domain(
            .name(CertificateName("b.example")!), for: me)
        #expect(domain.state == .secured && domain.certificate == certificate.number)
        #expect(
            try await rig.events() == [
                "domain.registered", "domain.registered", "certificate.created",
                "issuance.started", "version.issued", "issuance.done", "version.activated",
                "domain.secured", "domain.secured",
            ])
    }

    @Test func `a draft waits until it is started, once`() async throws {
        let rig = try await LifecycleRig()
        var draft = CertificateDraft(names: rig.names("a.example"))
        draft.startsAtOnce = false
        let made = try await rig.lifecycle.create(draft, by: me)
        #expect(made.issuance.state == .draft)
        #expect(rig.edge.issuer.orders.isEmpty)
        _ = try await rig.lifecycle.start(made.issuance.number, by: me)
        await #expect(throws: LifecycleError.self) {
            try await rig.lifecycle.start(made.issuance.number, by: me)
        }
        try await rig.issuance(made.issuance.number, is: .done)
        #expect(rig.edge.issuer.orders.count == 1)
    }

    @Test func `what belongs to another account is not there`() async throws {
        let rig = try await LifecycleRig()
        let made = try await rig.lifecycle.create(
            CertificateDraft(names: rig.names("a.example")), by: me)
        let stranger = LifecycleRig.stranger
        await #expect(throws: LifecycleError.self) {
            try await rig.lifecycle.certificate(made.certificate.number, for: stranger)
        }
        await #expect(throws: LifecycleError.self) {
            try await rig.lifecycle.cancel(made.issuance.number, by: stranger)
        }
        await #expect(throws: LifecycleError.self) {
            try await rig.lifecycle.create(
                CertificateDraft(names: rig.names("a.example")), by: stranger)
        }
        #expect(try await rig.events(of: stranger).isEmpty)
    }

    @Test func `a missing delegation is waited for, and looked for again`() async throws {
        let rig = try await LifecycleRig()
        rig.edge.issuer.set { $0.methods = ["tls-alpn-01", "dns-01"] }
        let made = try await rig.lifecycle.create(
            CertificateDraft(names: rig.names("*.a.example")), by: me)
        let waiting = try await rig.issuance(made.issuance.number, is: .awaitingDelegation)
        let delegation = try #require(waiting.authorizations.first?.delegation)
        #expect(delegation.from == "_acme-challenge.a.example")
        #expect(delegation.to?.hasSuffix(".acme.edge.example") == true)
        #expect(waiting.authorizations.first?.error != nil)
        rig.edge.check.delegate(name("a.example"))
        let done = try await rig.issuance(
            made.issuance.number, is: .done, within: .seconds(20))
        #expect(await rig.serial("shop.a.example") == (try await rig.version(done.version)).serial)
    }

    @Test func `a delegation that never comes is given up`() async throws {
        let rig = try await LifecycleRig { $0.delegationPatience = .seconds(100) }
        rig.edge.issuer.set { $0.methods = ["dns-01"] }
        let made = try await rig.lifecycle.create(
            CertificateDraft(names: rig.names("*.a.example")), by: me)
        try await rig.issuance(made.issuance.number, is: .awaitingDelegation)
        let failed = try await rig.issuance(
            made.issuance.number, is: .delegationFailed, within: .seconds(101))
        #expect(failed.failure?.blame == "domain")
        #expect(try await rig.certificate(made.certificate.number).hasFailed)
        rig.edge.check.delegate(name("a.example"))
        let retry = try await rig.lifecycle.retry(made.issuance.number, by: me)
        #expect(retry.number != made.issuance.number && retry.reason == .retry)
        try await rig.issuance(retry.number, is: .done)
    }

    @Test func `a CA that would not sign ends the issuance, and a retry is another one`()
        async throws
    {
        let rig = try await LifecycleRig()
        rig.edge.issuer.set { $0.error = .refused }
        let made = try await rig.lifecycle.create(
            CertificateDraft(names: rig.names("a.example")), by: me)
        let rejected = try await rig.issuance(made.issuance.number, is: .rejected)
        #expect(rejected.failure?.detail.contains("no luck today") == true)
        #expect(try await rig.certificate(made.certificate.number).openIssuance == nil)
        rig.edge.issuer.set { $0.error = .account }
        let second = try await rig.lifecycle.retry(made.issuance.number, by: me)
        try await rig.issuance(second.number, is: .rejected)
        rig.edge.issuer.set { $0.error = nil }
        let third = try await rig.lifecycle.retry(second.number, by: me)
        try await rig.issuance(third.number, is: .done)
    }

    @Test func `a canceled issuance leaves nothing behind`() async throws {
        let rig = try await LifecycleRig()
        rig.edge.issuer.closeGate()
        let made = try await rig.lifecycle.create(
            CertificateDraft(names: rig.names("a.example")), by: me)
        try await rig.edge.until { rig.edge.issuer.orders.count == 1 }
        #expect(try await rig.lifecycle.cancel(made.issuance.number, by: me).state == .canceled)
        rig.edge.issuer.openGate()
        let again = try await rig.lifecycle.issue(
            made.certificate.number, IssuanceDraft(reason: .api), by: me)
        let done = try await rig.issuance(again.number, is: .done)
        #expect(try await rig.version(made.issuance.version).state == .deleted)
        #expect(await rig.serial("a.example") == (try await rig.version(done.version)).serial)
        #expect(try await rig.registry.privateKey(made.issuance.number.value) == nil)
    }

    @Test func `so many are at work at once, the rest waits`() async throws {
        let rig = try await LifecycleRig { $0.concurrency = 2 }
        rig.edge.issuer.closeGate()
        var made: [IssuanceNumber] = []
        for index in 0..<5 {
            let draft = CertificateDraft(names: rig.names("host-\(index).example"))
            made.append(try await rig.lifecycle.create(draft, by: me).issuance.number)
        }
        try await rig.edge.until { rig.edge.issuer.orders.count == 2 }
        #expect(await rig.lifecycle.atWork.count == 2)
        #expect(await rig.lifecycle.queue.count == 3)
        rig.edge.issuer.openGate()
        for number in made { try await rig.issuance(number, is: .done) }
    }

    @Test func `more than may be open are declined`() async throws {
        let rig = try await LifecycleRig {
            $0.concurrency = 1
            $0.openMax = 2
        }
        rig.edge.issuer.closeGate()
        for index in 0..<2 {
            _ = try await rig.lifecycle.create(
                CertificateDraft(names: rig.names("host-\(index).example")), by: me)
        }
        do {
            _ = try await rig.lifecycle.create(
                CertificateDraft(names: rig.names("host-2.example")), by: me)
            Issue.record("a third one was begun")
        } catch {
            guard case .rateLimited = error else { throw error }
        }
        rig.edge.issuer.openGate()
    }

    @Test func `a client's own request is certified and not served`() async throws {
        let rig = try await LifecycleRig()
        let key = try PrivateKey.generate(.p256)
        let der = try CertificateRequest.der(names: rig.names("a.example"), key: key)
        var draft = CertificateDraft(names: [])
        draft.request = text(try CertificateRequest.pem(der: der))
        let made = try await rig.lifecycle.create(draft, by: me)
        #expect(made.certificate.keySource == .client)
        let done = try await rig.issuance(made.issuance.number, is: .done)
        let version = try await rig.version(done.version)
        #expect(version.state == .issued && !version.hasKey)
        #expect(version.keyFingerprint == (try key.publicKeyFacts.fingerprint))
        await #expect(throws: LifecycleError.self) {
            try await rig.lifecycle.privateKey(of: version.number, by: me)
        }
        await #expect(throws: LifecycleError.self) {
            try await rig.lifecycle.activate(version.number, by: me)
        }
        let file = try await rig.lifecycle.download(version.number, as: .crt, for: me)
        #expect(try Certificate(pem: file.bytes).matches(key))
        // Its successor comes by itself, for the same key.
        rig.edge.clock.advance(by: .seconds(65 * 86_400))
        await rig.lifecycle.doWhatIsDue()
        try await rig.edge.until {
            (try? await rig.certificate(made.certificate.number))?.currentVersion != version.number
        }
        let renewed = try await rig.certificate(made.certificate.number)
        let successor = try await rig.version(try #require(renewed.currentVersion))
        #expect(successor.keyFingerprint == version.keyFingerprint)
        #expect(successor.serial != version.serial)
    }

    @Test func `a renewal that is tried again is a renewal still`() async throws {
        let rig = try await LifecycleRig()
        let made = try await rig.lifecycle.create(
            CertificateDraft(names: rig.names("a.example")), by: me)
        try await rig.issuance(made.issuance.number, is: .done)
        for reason in [Issuance.Reason.renewal, .reissue] {
            rig.edge.issuer.set { $0.error = .validation }
            let failed = try await rig.lifecycle.issue(
                made.certificate.number, IssuanceDraft(reason: reason), by: me)
            try await rig.issuance(failed.number, is: .authorizationFailed)
            rig.edge.issuer.set { $0.error = nil }
            let again = try await rig.lifecycle.retry(failed.number, by: me)
            #expect(again.reason == reason)
            try await rig.issuance(again.number, is: .done)
        }
    }

    @Test func `an account has so many contacts, and no more`() async throws {
        let rig = try await LifecycleRig(objectsMax: [.contact: 2])
        for _ in 0..<2 { _ = try await rig.lifecycle.createContact(["lname": "Doe"], by: me) }
        let before = try await rig.events()
        await #expect(throws: LifecycleError.self) {
            try await rig.lifecycle.createContact(["lname": "Doe"], by: me)
        }
        #expect(try await rig.events() == before)
        let other = Caller(account: "other", actor: "app", requestID: "r")
        let contact = try await rig.lifecycle.createContact(["lname": "Doe"], by: other)
        await #expect(throws: LifecycleError.self) {
            try await rig.lifecycle.contact(contact.number, for: me)
        }
    }
}
