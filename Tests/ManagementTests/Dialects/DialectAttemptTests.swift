// SPDX-License-Identifier: Apache-2.0
import ACME
@testable import Management
@testable import Provisioning
import Registry
import Synchronization
import Testing
import TLS

/// What clients are told while the CA is down: nothing has failed, and what they call goes on at once.
@Suite struct DialectAttemptTests {
    private static let caller = Caller(account: "main", actor: "app", requestID: "r")
    private static let host = CertificateName.exact(name("www.shop.test"))

    private static func rig() async throws -> (DialectRig, FailingIssuer) {
        var issuer: FailingIssuer?
        let rig = try await DialectRig {
            let failing = FailingIssuer($0)
            issuer = failing
            return failing
        }
        return (rig, try #require(issuer))
    }

    /// The only issuance, once it waits for its next attempt.
    @discardableResult
    private static func postponed(_ rig: DialectRig) async throws -> Issuance {
        var found: Issuance?
        try await until("it is postponed") {
            found = try await rig.registry.openIssuances(PageRequest()).elements.first {
                $0.attempts?.next != nil
            }
            return found != nil
        }
        return try #require(found)
    }

    private static func done(_ rig: DialectRig, _ number: IssuanceNumber) async throws {
        try await until("it is done") {
            try await rig.lifecycle.issuance(number, for: caller).state == .done
        }
    }

    @Test func `Entri's domain is inactive, and another call goes on`() async throws {
        let (rig, issuer) = try await Self.rig()
        let body = #"{"domain":"www.shop.test"}"#
        #expect(try await rig.send("POST", "/ssl", body).status == 200)
        let waiting = try await Self.postponed(rig)
        #expect(
            try await rig.send("GET", "/ssl", body).json
                == ["eligible": true, "sslStatus": "inactive"])
        issuer.recover()
        let again = try await rig.send("POST", "/ssl", body)
        #expect(again.status == 200, "\(again.bodyText)")
        try await Self.done(rig, waiting.number)
        #expect(await rig.lifecycle.isServed(Self.host))
    }

    @Test func `DNSimple's certificate is requesting`() async throws {
        let (rig, issuer) = try await Self.rig()
        let shop = "/v2/1010/domains/shop.test"
        #expect(
            try await rig.send("POST", "/v2/1010/domains", #"{"name":"shop.test"}"#).status == 201)
        let order = try await rig.send("POST", "\(shop)/certificates/letsencrypt", "{}")
        let id = try #require(order.json["data"]?["id"]?.integerValue)
        let begun = try await rig.send("POST", "\(shop)/certificates/letsencrypt/\(id)/issue")
        #expect(begun.status == 202, "\(begun.bodyText)")
        let waiting = try await Self.postponed(rig)
        let shown = try await rig.send("GET", "\(shop)/certificates/\(id)")
        #expect(shown.json["data"]?["state"] == "requesting")
        let notifications = DNSimpleNotifications()
        for event in try await events(rig) {
            #expect(!notifications.kinds.contains(event.kind), "\(event.kind)")
        }
        issuer.recover()
        _ = try await rig.lifecycle.retry(waiting.number, by: Self.caller)
        try await Self.done(rig, waiting.number)
        let issued = try await rig.send("GET", "\(shop)/certificates/\(id)")
        #expect(issued.json["data"]?["state"] == "issued")
    }

    private func events(_ rig: DialectRig) async throws -> [Event] {
        try await rig.lifecycle.events(EventFilter(), after: nil, limit: 500, for: Self.caller)
            .elements
    }

    @Test func `AutoDNS' job runs, says why it does still, and tells of its end alone`()
        async throws
    {
        let (rig, issuer) = try await Self.rig()
        let order = #"{"name":"www.shop.test","product":"SSL123"}"#
        let begun = try await rig.send("POST", "/v1/certificate", order)
        let job = try #require(begun.json["data"]?[0]?["id"]?.integerValue, "\(begun.bodyText)")
        try await Self.postponed(rig)
        let shown = try await rig.send("GET", "/v1/job/\(job)").json["data"]?[0]
        #expect(shown?["job"]?["status"] == "RUNNING")
        #expect(shown?["dcvAuth"]?[0]?["status"] == "NOT_STARTED")
        #expect(shown?["notices"]?[0]?.stringValue?.contains("not today") == true)
        #expect(try await rig.send("GET", "/v1/poll").json["data"]?[0] == nil)
        issuer.recover()
        #expect(try await rig.send("PUT", "/v1/job/\(job)/_confirm").status == 200)
        var message: JSONValue?
        try await until("its end is told") {
            message = try await rig.send("GET", "/v1/poll").json["data"]?[0]
            return message != nil
        }
        #expect(message?["job"]?["status"] == "SUCCESS")
        #expect(message?["messages"] == nil, "\(message ?? .null)")
    }

    @Test func `AutoDNS' order in real time answers with the job`() async throws {
        let (rig, _) = try await Self.rig()
        let order = #"{"name":"www.shop.test","product":"SSL123"}"#
        let begun = try await rig.send("POST", "/v1/certificate/_realtime", order)
        #expect(begun.status == 200, "\(begun.bodyText)")
        #expect(begun.json["data"]?[0]?["id"]?.integerValue != nil)
    }

    @Test func `Resello's certificate is pending, with its error, and validate goes on`()
        async throws
    {
        let (rig, issuer) = try await Self.rig()
        let body: JSONValue = [
            "csr": .string(try DialectRig.signingRequest("www.shop.test")), "dcv_type": "DNS",
            "plan": .string(DialectRig.plan),
        ]
        let made = try await rig.send(
            "POST", "/ssl-certificate", String(decoding: body.text, as: UTF8.self))
        let path = "/ssl-certificate/\(try #require(made.json["id"]?.stringValue))"
        try await Self.postponed(rig)
        #expect(try await rig.send("GET", path).json["status"] == "pending")
        let details = try await rig.send("GET", "\(path)/validation-details").json
        #expect(details["status"] == "pending")
        #expect(details["domains"]?[0]?["status"] == "pending")
        #expect(details["error"]?.stringValue?.contains("not today") == true)
        issuer.recover()
        let retried = try await rig.send("POST", "\(path)/validate", #"{"dcv_type":"DNS"}"#)
        #expect(retried.status == 200, "\(retried.bodyText)")
        try await until("it is active") {
            try await rig.send("GET", path).json["status"] == "active"
        }
    }

    @Test func `Qwilt's signing request is with the CA, and stays when it is triggered`()
        async throws
    {
        let (rig, issuer) = try await Self.rig()
        let templates = "/api/v2/certificate-templates"
        let made = try await rig.send(
            "POST", templates,
            #"{"commonName":"www.shop.test","autoManagedCertificateTemplate":true}"#)
        let template = try #require(made.json["certificateTemplateId"]?.integerValue)
        let request = try #require(made.json["csrIds"]?[0]?.integerValue)
        let waiting = try await Self.postponed(rig)
        let path = "/api/v2/certificate-signing-requests/\(request)"
        let shown = try await rig.send("GET", path).json
        #expect(shown["signingState"] == "REQUESTING_CERTIFICATE_FROM_CA")
        #expect(shown["error"]?.stringValue?.contains("not today") == true)
        issuer.recover()
        let triggered = try await rig.send(
            "POST", "\(templates)/\(template)/certificate-signing-requests")
        #expect(triggered.json["csrId"] == .integer(request), "\(triggered.bodyText)")
        try await Self.done(rig, waiting.number)
        let ended = try await rig.send("GET", path).json
        #expect(ended["signingState"] == "NOTIFIED_SITES" && ended["error"] == .null)
    }
}

/// A CA that is down until it recovers.
final class FailingIssuer: Issuer {
    let name: String
    private let issuer: any Issuer
    private let isDown = Mutex(true)

    init(_ issuer: any Issuer) {
        self.issuer = issuer
        name = issuer.name
    }

    func recover() { isDown.withLock { $0 = false } }

    func identity() async throws(IssuerError) -> CAAIdentity { try await issuer.identity() }

    func issue(_ request: IssuanceRequest) async throws(IssuerError) -> IssuedCertificate {
        guard !isDown.withLock(\.self) else {
            // In the middle of a proof.
            let step = request.names.first.map { ACMEStep.validate($0, .http01) }
            let error = ACMEError(
                step: step ?? .openAccount, cause: .unreachable("not today", wasSent: true))
            throw IssuerError(issuer: name, class: error.class, underlying: error)
        }
        return try await issuer.issue(request)
    }

    func renewalInfo(for certificate: Certificate) async throws(IssuerError) -> RenewalInfo? {
        try await issuer.renewalInfo(for: certificate)
    }

    func revoke(
        _ certificate: Certificate, because reason: RevocationReason
    ) async throws(IssuerError) {
        try await issuer.revoke(certificate, because: reason)
    }
}
