// SPDX-License-Identifier: Apache-2.0
import Foundation
@testable import Management
@testable import Provisioning
import Registry
import TLS
import Testing

/// What webhooks of Entri's and DNSimple's are told.
@Suite struct NotificationTests {
    private static let caller = Caller(account: "main", actor: "app", requestID: "request-1")

    private static func event(
        _ number: Int, _ kind: Event.Kind, about subject: Event.Subject,
        because cause: Event.Cause = .api
    ) throws -> Event {
        Event(
            number: try #require(EventNumber(number)), kind: kind, account: "main",
            subject: subject, cause: cause, actor: "edge", requestID: "request-1", data: nil,
            at: Date(timeIntervalSince1970: 1_900_000_000))
    }

    private static func delivery(
        of event: Event, format: Webhook.Format = .entri
    ) throws -> WebhookDelivery {
        let now = Date(timeIntervalSince1970: 1_900_000_000)
        let webhook = Webhook(
            number: try #require(WebhookNumber(5)), account: "main", url: "https://hooks.example",
            format: format, secret: "whsec_5f0c", at: now)
        return WebhookDelivery(
            event: event, webhook: webhook, identifier: "dlv_1", attempt: 1, now: now)
    }

    // MARK: Entri

    @Test func `Entri's payload has every member, and its three signature fields`() async throws {
        let rig = try await DialectRig()
        let entri = EntriNotifications(target: name("edge.saas.test"))
        let event = try Self.event(
            17, .domainSecured, about: Event.Subject(.domain, 3, "www.shop.test"))
        let message = try #require(
            try await entri.message(for: try Self.delivery(of: event), from: rig.registry))
        let body = try JSONParser.parse(message.body)
        #expect(
            body == [
                "id": "evt_17", "type": "domain.added", "user_id": "main", "domain": "shop.test",
                "subdomain": "www", "provider": "", "setup_type": "manual",
                "propagation_status": "success", "dkim_status": "exempt",
                "redirection_status": "exempt", "power_status": "exempt",
                "secure_status": "success", "cname_target": "edge.saas.test",
                "data": [
                    "records_propagated": [
                        ["type": "CNAME", "host": "www", "value": "edge.saas.test"]
                    ], "records_non_propagated": [],
                ], "updated_objects": ["secure_status"],
            ])
        let fields = Dictionary(message.fields.map { ($0.name, $0.value) }) { first, _ in first }
        // As its verifiers compute it: sha256 of id and secret, and with the timestamp between.
        #expect(
            fields["Entri-Signature"]
                == "6862517e1b111617a66f5e758d81039374f83fbab7b1698a16a19a1be2261c0b")
        #expect(fields["Entri-Timestamp"] == "1900000000")
        #expect(
            fields["Entri-Signature-V2"]
                == "0b96df2d8cb7b8dd02a5a7ab36d1ca9fe7c32f623753ef2bcc3bb5c586725269")
        #expect(fields["Content-Type"] == "application/json")
    }

    @Test(arguments: Event.Kind.allCases)
    func `Entri hears of exactly what it has a status for`(kind: Event.Kind) async throws {
        let entri = EntriNotifications(target: name("edge.saas.test"))
        let expected: [Event.Kind: JSONValue] = [
            .domainSecured: "success", .issuanceWaiting: "pending", .issuanceFailed: "failed",
            .issuanceCanceled: "exempt", .domainDeprovisioned: "exempt",
        ]
        #expect(entri.kinds.contains(kind) == (expected[kind] != nil))
        let event = try Self.event(1, kind, about: Event.Subject(.domain, 3, "shop.test"))
        let body = EntriNotifications.body(event, target: name("edge.saas.test"))
        #expect(body?["secure_status"] == expected[kind])
        guard let body else { return }
        #expect(body["domain"] == "shop.test")
        #expect(body["subdomain"] == "")
        let isPending = kind != .domainSecured
        #expect(body["data"]?["records_propagated"]?.arrayValue?.isEmpty == isPending)
        #expect(body["data"]?["records_non_propagated"]?.arrayValue?.isEmpty == !isPending)
    }

    // MARK: DNSimple

    /// What DNSimple's webhooks are told of all that has happened, in its order.
    private static func told(_ rig: DialectRig) async throws -> [JSONValue] {
        let notifications = DNSimpleNotifications()
        var all: [JSONValue] = []
        let events = try await rig.lifecycle.events(
            EventFilter(), after: nil, limit: 500, for: caller
        ).elements
        for event in events where notifications.kinds.contains(event.kind) {
            let message = try await notifications.message(
                for: try delivery(of: event, format: .dnsimple), from: rig.registry)
            if let message { all.append(try JSONParser.parse(message.body)) }
        }
        return all
    }

    private static func issued(_ rig: DialectRig) async throws -> ManagedCertificate {
        let names = ["www.shop.test"].compactMap { CertificateName($0) }
        let made = try await rig.lifecycle.create(CertificateDraft(names: names), by: caller)
        try await until("it is issued") {
            try await rig.lifecycle.issuance(made.issuance.number, for: caller).state == .done
        }
        return try await rig.lifecycle.certificate(made.certificate.number, for: caller)
    }

    @Test func `DNSimple hears when renewals are switched, and of no other change`() async throws {
        let rig = try await DialectRig()
        let certificate = try await Self.issued(rig)
        var other = CertificateChange()
        other.expiryNotice = [7]
        for renews in [nil, false, false, true] {
            var change = CertificateChange()
            change.renewsItself = renews
            _ = try await rig.lifecycle.change(
                certificate.number, renews == nil ? other : change, by: Self.caller)
        }
        let told = try await Self.told(rig)
        #expect(
            told.map { $0["name"] } == [
                "certificate.issue", "certificate.auto_renewal_disable",
                "certificate.auto_renewal_enable",
            ])
        for body in told {
            #expect(body["api_version"] == "v2")
            let shown = body["data"]?["certificate"]
            #expect(shown?["id"] == certificate.currentVersion.map { .integer($0.value) })
            #expect(shown?["common_name"] == "www.shop.test")
        }
        #expect(told.last?["actor"]?["pretty"] == "app")
        // What one request has led to is told in several messages.
        let identifiers = told.map { $0["request_identifier"]?.stringValue ?? "" }
        #expect(Set(identifiers).count == told.count)
        #expect(identifiers.allSatisfy { UUID(uuidString: $0) != nil }, "\(identifiers)")
        let again = try await Self.told(rig).map { $0["request_identifier"]?.stringValue ?? "" }
        #expect(again == identifiers)
    }

    @Test func `a message of DNSimple's comes under its name`() async throws {
        let rig = try await DialectRig()
        _ = try await Self.issued(rig)
        let issued = try await rig.lifecycle.events(
            EventFilter(), after: nil, limit: 500, for: Self.caller
        ).elements.first { $0.kind == .versionIssued }
        let message = try await DNSimpleNotifications().message(
            for: try Self.delivery(of: try #require(issued), format: .dnsimple),
            from: rig.registry)
        let fields = message?.fields ?? []
        let agent = fields.first { $0.name == "User-Agent" }?.value
        #expect(agent?.hasPrefix("DNSimple-Webhook-Notifier/") == true)
        #expect(fields.contains { $0.name == "X-Request-Id" && $0.value == "dlv_1" })
    }

    @Test func `DNSimple hears of other webhooks by their own URL`() async throws {
        let rig = try await DialectRig()
        let first = try await rig.send(
            "POST", "/v2/1/webhooks", #"{"url":"https://first.test/"}"#)
        let second = try await rig.send(
            "POST", "/v2/1/webhooks", #"{"url":"https://second.test/"}"#)
        let id = second.json["data"]?["id"]
        _ = try await rig.send("DELETE", "/v2/1/webhooks/\(id?.integerValue ?? 0)")
        // All of it is told to the webhook of `delivery`, whose URL is another.
        let told = try await Self.told(rig)
        #expect(told.map { $0["name"] } == ["webhook.create", "webhook.create", "webhook.delete"])
        #expect(
            told.map { $0["data"]?["webhook"]?["url"] }
                == ["https://first.test/", "https://second.test/", "https://second.test/"])
        #expect(
            told.map { $0["data"]?["webhook"]?["id"] } == [first.json["data"]?["id"], id, id])
    }

    @Test func `DNSimple hears of a renewal that failed, and not of another attempt that did`()
        async throws
    {
        var configuration = Lifecycle.Configuration()
        configuration.delegationPatience = .zero
        let rig = try await DialectRig(configuration: configuration)
        let certificate = try await Self.issued(rig)
        rig.check.point("www.shop.test", here: false)
        for reason in [Issuance.Reason.renewal, .reissue] {
            let attempt = try await rig.lifecycle.issue(
                certificate.number, IssuanceDraft(reason: reason), by: Self.caller)
            try await until("it has failed") {
                try await rig.lifecycle.issuance(attempt.number, for: Self.caller).state.isFailure
            }
        }
        let told = try await Self.told(rig)
        #expect(
            told.map { $0["name"] } == ["certificate.issue", "certificate.auto_renewal_failed"])
        #expect(told.last?["data"]?["certificate"]?["state"] == "failed")
        #expect(told.last?["actor"]?["id"] == "system")
    }

    @Test func `DNSimple hears that a private key is gone with its version`() async throws {
        let rig = try await DialectRig()
        let certificate = try await Self.issued(rig)
        let old = try #require(certificate.currentVersion)
        let next = try await rig.lifecycle.issue(
            certificate.number, IssuanceDraft(reason: .reissue), by: Self.caller)
        try await until("its successor serves") {
            try await rig.lifecycle.issuance(next.number, for: Self.caller).state == .done
        }
        try await rig.lifecycle.delete(old, by: Self.caller)
        let told = try await Self.told(rig)
        #expect(
            told.map { $0["name"] } == [
                "certificate.issue", "certificate.reissue", "certificate.remove_private_key",
            ])
        let shown = told.last?["data"]?["certificate"]
        #expect(shown?["id"] == .integer(old.value))
        #expect(shown?["state"] == "cancelled")
        #expect(!"\(told)".contains("PRIVATE KEY"))
    }
}
