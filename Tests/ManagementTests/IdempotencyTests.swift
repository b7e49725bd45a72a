// SPDX-License-Identifier: Apache-2.0
import Networking
import Provisioning
import Registry
import TLS
import Testing

@testable import Management

/// Requests that are sent twice with the same `Idempotency-Key`, and done once.
@Suite struct IdempotencyTests {
    private static let order = #"{"names":["shop.example.test"],"start":false}"#
    private static let key = [("Idempotency-Key", "order-7")]

    private func certificates(
        _ rig: ManagementRig, by client: ManagementRig.Client = .app
    ) async throws -> [JSONValue] {
        try await rig.send("GET", "/edge/v1/certificates", by: client)["data"].arrayValue ?? []
    }

    @Test func `of requests at the same time one is done, and the others get its answer or 409`()
        async throws
    {
        let rig = try await ManagementRig()
        let answers = try await withThrowingTaskGroup(of: ManagementRig.Answer.self) { group in
            for _ in 0..<12 {
                group.addTask {
                    try await rig.send(
                        "POST", "/edge/v1/certificates", Self.order, fields: Self.key)
                }
            }
            return try await group.reduce(into: []) { $0.append($1) }
        }
        let done = answers.filter { $0.status == 201 }
        #expect(!done.isEmpty)
        #expect(Set(done.map(\.text)).count == 1)
        for answer in answers where answer.status != 201 {
            #expect(answer.status == 409)
            #expect(answer["type"] == "/edge/v1/problems/request_in_flight")
            #expect(answer.field("Retry-After") == "1")
        }
        #expect(try await certificates(rig).count == 1)
        let again = try await rig.send(
            "POST", "/edge/v1/certificates", Self.order, fields: Self.key)
        #expect(again.status == 201)
        #expect(again.text == done.first?.text)
        #expect(try await certificates(rig).count == 1)
    }

    @Test func `an answer is remembered when nobody was there to read it`() async throws {
        let rig = try await ManagementRig()
        let wire = try await Wire(to: rig.address, on: rig.loop)
        await wire.send(
            "POST /edge/v1/certificates HTTP/1.1\r\nHost: edge.test\r\n"
                + "Authorization: Bearer \(ManagementRig.Client.app.secret)\r\n"
                + "Idempotency-Key: order-7\r\nContent-Type: application/json\r\n"
                + "Content-Length: \(Self.order.utf8.count)\r\n\r\n\(Self.order)")
        await wire.close()
        try await rig.until("/edge/v1/certificates") { $0["data"] != [] }
        var answer: ManagementRig.Answer
        repeat {
            answer = try await rig.send(
                "POST", "/edge/v1/certificates", Self.order, fields: Self.key)
        } while answer.status == 409
        #expect(answer.status == 201)
        let all = try await certificates(rig)
        #expect(all.count == 1)
        #expect(all.first?["id"] == answer["id"])
    }

    /// The caller of a request whose process ends after its commit, before its answer is remembered.
    private func caller(_ path: String, _ body: String) -> Caller {
        let segments = path.split(separator: "/").map(String.init)
        return Caller(
            account: "main", actor: "app", requestID: "of the first process",
            request: RepeatableRequest(
                key: "order-7",
                fingerprint: NativeCall.fingerprint("POST", segments, body: Array(body.utf8))))
    }

    @Test func `after a crash before the answer the repetition gets what was made, as it is now`()
        async throws
    {
        let rig = try await ManagementRig()
        var draft = CertificateDraft(names: [CertificateName("shop.example.test")!])
        draft.startsAtOnce = false
        let path = "/edge/v1/certificates"
        let made = try await rig.lifecycle.create(draft, by: caller(path, Self.order))
        let id = made.certificate.number.identifier
        _ = try await rig.send("PATCH", "\(path)/\(id)", #"{"description":"changed since"}"#)
        for _ in 0..<2 {
            let answer = try await rig.send("POST", path, Self.order, fields: Self.key)
            #expect(answer.status == 201)
            #expect(answer["id"].stringValue == id)
            #expect(answer["description"] == "changed since")
            #expect(answer.field("Location") == "\(path)/\(id)")
        }
        let other = try await rig.send(
            "POST", path, #"{"names":["other.example.test"]}"#, fields: Self.key)
        #expect(other["type"] == "/edge/v1/problems/idempotency_key_reused")
        #expect(try await certificates(rig).count == 1)
    }

    @Test func `after a crash an attempt is not made twice, nor a step taken twice`() async throws {
        let rig = try await ManagementRig()
        let made = try await rig.send("POST", "/edge/v1/certificates", Self.order)
        let number = try #require(
            CertificateNumber(identifier: made["id"].stringValue ?? ""))
        let first = try #require(
            try await rig.lifecycle.certificate(number, for: caller("", "")).openIssuance)
        // What is done to the object that the path names.
        let cancel = "/edge/v1/issuances/\(first.identifier)/cancel"
        _ = try await rig.lifecycle.cancel(first, by: caller(cancel, ""))
        let canceled = try await rig.send("POST", cancel, fields: Self.key)
        #expect(canceled.status == 200)
        #expect(canceled["id"].stringValue == first.identifier)
        // What makes another one of the same kind.
        let again = "/edge/v1/issuances/\(first.identifier)/retry"
        let key = [("Idempotency-Key", "order-8")]
        let segments = again.split(separator: "/").map(String.init)
        let second = try await rig.lifecycle.retry(
            first,
            by: caller("", "").making(
                RepeatableRequest(
                    key: "order-8",
                    fingerprint: NativeCall.fingerprint("POST", segments, body: []))))
        let repeated = try await rig.send("POST", again, fields: key)
        #expect(repeated.status == 200)
        #expect(repeated["id"].stringValue == second.number.identifier)
        let certificate = try await rig.lifecycle.certificate(number, for: caller("", ""))
        #expect(certificate.issuances.count == 2)
    }

    @Test func `after a crash a webhook is not made twice, and its secret not told`() async throws {
        let rig = try await ManagementRig()
        let body = #"{"url":"http://127.0.0.1:9/"}"#
        let made = try await rig.lifecycle.createWebhook(
            url: "http://127.0.0.1:9/", by: caller("/edge/v1/webhooks", body))
        let answer = try await rig.send("POST", "/edge/v1/webhooks", body, fields: Self.key)
        #expect(answer.status == 201, "\(answer.text)")
        #expect(answer["id"].stringValue == made.number.identifier)
        #expect(answer["secret"] == .null)
        #expect(answer.field("Location") == "/edge/v1/webhooks/\(made.number.identifier)")
    }

    @Test func `after a crash a site is not published twice`() async throws {
        let rig = try await ManagementRig()
        var change = SiteChange()
        change.name = "shop"
        change.hosts = [ServerName("shop.example.test")!]
        let me = Caller(account: "main", actor: "app", requestID: "r")
        let site = try await rig.lifecycle.createSite(change, by: me).number
        let path = "/edge/v1/sites/\(site.identifier)/publish"
        _ = try await rig.lifecycle.publish(site, by: caller(path, ""))
        let answer = try await rig.send("POST", path, fields: Self.key)
        #expect(answer.status == 200, "\(answer.text)")
        #expect(try await rig.lifecycle.site(site, for: me).publications.count == 1)
    }

    @Test func `a key is of its account, and of one request`() async throws {
        let rig = try await ManagementRig()
        let first = try await rig.send(
            "POST", "/edge/v1/certificates", Self.order, fields: Self.key)
        #expect(first.status == 201)
        for (path, body) in [
            ("certificates", #"{"names":["other.example.test"],"start":false}"#),
            ("domains", #"{"name":"other.example.test"}"#),
        ] {
            let other = try await rig.send("POST", "/edge/v1/\(path)", body, fields: Self.key)
            #expect(other.status == 422)
            #expect(other["type"] == "/edge/v1/problems/idempotency_key_reused")
        }
        #expect(try await certificates(rig).count == 1)
        let stranger = try await rig.send(
            "POST", "/edge/v1/certificates", #"{"names":["far.example.test"],"start":false}"#,
            by: .stranger, fields: Self.key)
        #expect(stranger.status == 201)
        #expect(try await certificates(rig, by: .stranger).count == 1)
    }

    @Test(arguments: ["", "a b", String(repeating: "k", count: 256), "k\u{e9}"])
    func `a key that is none is named`(key: String) async throws {
        let rig = try await ManagementRig()
        let answer = try await rig.send(
            "POST", "/edge/v1/certificates", Self.order, fields: [("Idempotency-Key", key)])
        #expect(answer.status == 422)
        #expect(answer["field"] == "Idempotency-Key")
        #expect(try await certificates(rig).isEmpty)
    }

    @Test func `a refusal is remembered as an answer is`() async throws {
        let rig = try await ManagementRig()
        let refused = try await rig.send(
            "POST", "/edge/v1/domains", #"{"name":"_"}"#, fields: Self.key)
        let again = try await rig.send(
            "POST", "/edge/v1/domains", #"{"name":"_"}"#, fields: Self.key)
        #expect(refused.status == 422)
        #expect(again.text == refused.text)
        let other = try await rig.send(
            "POST", "/edge/v1/domains", #"{"name":"shop.example.test"}"#, fields: Self.key)
        #expect(other["type"] == "/edge/v1/problems/idempotency_key_reused")
    }
}
