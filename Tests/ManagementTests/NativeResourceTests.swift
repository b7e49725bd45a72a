// SPDX-License-Identifier: Apache-2.0
import Foundation
import Networking
import Provisioning
import Registry
import TLS
import Testing

@testable import Management

/// The native API over real records and our own CA.
@Suite struct NativeResourceTests {
    @Test func `a domain is registered, changed, found and deprovisioned`() async throws {
        let rig = try await ManagementRig()
        let made = try await rig.send(
            "POST", "/edge/v1/domains",
            #"{"name":"shop.example.test","client_reference":"c-1"}"#)
        #expect(made.status == 201)
        let path = try #require(made.field("Location"))
        #expect(path == "/edge/v1/domains/\(made["id"].stringValue ?? "")")
        let byName = try await rig.send("GET", "/edge/v1/domains/shop.example.test")
        #expect(byName.json == made.json)
        let changed = try await rig.send(
            "PATCH", path,
            #"{"application_urls":["http://127.0.0.1:9001"],"client_reference":null}"#)
        #expect(changed.status == 200, "\(changed.text)")
        #expect(changed["client_reference"] == nil)
        #expect(changed["generation"] == 2)
        let found = try await rig.send("GET", "/edge/v1/domains?name=example.test")
        #expect(found["data"].arrayValue?.count == 1)
        #expect(try await rig.send("GET", "/edge/v1/domains?client_reference=c-1")["data"] == [])
        #expect(try await rig.send("DELETE", path).status == 204)
        #expect(try await rig.send("GET", path).status == 404)
        let name = try #require(ServerName("shop.example.test"))
        let isWithdrawn = await rig.control.run { [table = rig.table] in
            table.value.isWithdrawn(.exact(name))
        }
        #expect(isWithdrawn)
        let kinds = try await rig.send("GET", "/edge/v1/events")["data"].arrayValue?
            .compactMap { $0["type"]?.stringValue }
        #expect(kinds == ["domain.registered", "domain.changed", "domain.deprovisioned"])
    }

    @Test func `a domain that is registered again keeps what is not said`() async throws {
        let rig = try await ManagementRig()
        let first = #"{"name":"a.example.test","client_reference":"Kundin Jörg & Söhne","#
        let made = try await rig.send(
            "POST", "/edge/v1/domains", first + #""application_urls":["http://127.0.0.1:9001"]}"#)
        #expect(made.status == 201, "\(made.text)")
        for body in [
            #"{"name":"a.example.test"}"#, #"{"name":"a.example.test","application_urls":null}"#,
        ] {
            let again = try await rig.send("POST", "/edge/v1/domains", body)
            #expect(again.json == made.json)
        }
        let changed = try await rig.send(
            "POST", "/edge/v1/domains",
            #"{"name":"a.example.test","client_reference":null,"application_urls":[]}"#)
        #expect(changed["id"] == made["id"])
        #expect(changed["client_reference"] == nil)
        #expect(changed["application_urls"] == [])
    }

    @Test(arguments: [
        "domains/dom", "certificates/crt", "issuances/iss", "versions/ver", "sites/sit",
        "webhooks/whk",
    ])
    func `what is missing is named as clients know it`(stem: String) async throws {
        let rig = try await ManagementRig()
        let answer = try await rig.send("GET", "/edge/v1/\(stem)_999")
        #expect(answer.status == 404)
        let id = (stem.split(separator: "/").last ?? "") + "_999"
        #expect(answer["detail"].stringValue?.contains(" \(id).") == true, "\(answer.text)")
    }

    @Test func `a certificate is obtained, downloaded, renewed and deleted`() async throws {
        let rig = try await ManagementRig()
        let made = try await rig.send(
            "POST", "/edge/v1/certificates",
            #"{"names":["a.example.test","b.example.test"],"expiry_notice":[30]}"#)
        #expect(made.status == 201, "\(made.text)")
        let path = try #require(made.field("Location"))
        let issued = try await rig.until(path) { $0["state"] == "active" }
        let version = try #require(issued["current_version_id"].stringValue)
        let chain = try await rig.send("GET", "/edge/v1/versions/\(version)/chain.pem")
        let leaf = try CertificateChain(pem: chain.body).leaf
        #expect(leaf.names.map(\.text) == ["a.example.test", "b.example.test"])
        for file in ["certificate.pem", "request.pem", "chain.p7b", "chain.p7b.pem", "bundle.zip"] {
            let download = try await rig.send("GET", "/edge/v1/versions/\(version)/\(file)")
            #expect(download.status == 200, "\(file): \(download.text)")
            #expect(download.field("Content-Disposition")?.hasPrefix("attachment") == true)
        }
        let key = try await rig.send(
            "GET", "/edge/v1/versions/\(version)/private-key.pem", by: .exporter)
        #expect(leaf.matches(try PrivateKey(pem: key.body)))

        let renewal = try await rig.send("POST", "\(path)/issuances", #"{"reason":"renewal"}"#)
        #expect(renewal.status == 201, "\(renewal.text)")
        let issuance = try #require(renewal.field("Location"))
        let done = try await rig.until(issuance) { $0["state"] == "done" }
        let next = try #require(done["version_id"].stringValue)
        #expect(next != version)
        let old = try await rig.until("/edge/v1/versions/\(version)") {
            $0["state"] == "superseded"
        }
        #expect(old["has_key"] == true)
        let events = try await rig.send("GET", "/edge/v1/events?types=key.exported,version.issued")
        #expect(
            events["data"].arrayValue?.compactMap { $0["type"]?.stringValue }
                == ["version.issued", "key.exported", "version.issued"])
        #expect(try await rig.send("DELETE", path).status == 204)
        #expect(try await rig.send("GET", path).status == 404)
    }

    @Test func `what does not point here is told with the record that would help`() async throws {
        let rig = try await ManagementRig()
        rig.check.point("shop.example.test", here: false)
        _ = try await rig.send("POST", "/edge/v1/domains", #"{"name":"shop.example.test"}"#)
        let refused = try await rig.send("POST", "/edge/v1/domains/shop.example.test/provision")
        #expect(refused.status == 409)
        #expect(refused["type"] == "/edge/v1/problems/not_routed")
        #expect(
            refused["report"]["routing"]?["changes"]?.arrayValue?.first?["value"]
                == "domains.saas.test.")
        let check = try await rig.send("POST", "/edge/v1/domains/shop.example.test/check")
        #expect(check["eligible"] == false)
        rig.check.point("shop.example.test", here: true)
        let provisioned = try await rig.send(
            "POST", "/edge/v1/domains/shop.example.test/provision")
        #expect(provisioned.status == 201, "\(provisioned.text)")
        let path = try #require(provisioned.field("Location"))
        try await rig.until(path) { $0["state"] == "done" }
        let domain = try await rig.send("GET", "/edge/v1/domains/shop.example.test")
        #expect(domain["state"] == "secured")
    }

    @Test func `pages follow one another through the whole list`() async throws {
        let rig = try await ManagementRig()
        for index in 0..<7 {
            let made = try await rig.send(
                "POST", "/edge/v1/domains", "{\"name\":\"d\(index).example.test\"}")
            #expect(made.status == 201)
        }
        var target = "/edge/v1/domains?limit=3"
        var names: [String] = []
        var pages = 0
        while pages < 10 {
            let page = try await rig.send("GET", target)
            pages += 1
            names += page["data"].arrayValue?.compactMap { $0["name"]?.stringValue } ?? []
            guard let link = page.field("Link") else {
                #expect(page["next"] == nil)
                break
            }
            #expect(link.hasSuffix(">; rel=\"next\""))
            target = String(link.dropFirst().prefix { $0 != ">" })
        }
        #expect(pages == 3)
        #expect(names == (0..<7).map { "d\($0).example.test" })
    }

    @Test func `a request with an Idempotency-Key is done once`() async throws {
        let rig = try await ManagementRig()
        let key = [("Idempotency-Key", "k-1")]
        let body = #"{"names":["a.example.test"],"start":false}"#
        let first = try await rig.send("POST", "/edge/v1/certificates", body, fields: key)
        let again = try await rig.send("POST", "/edge/v1/certificates", body, fields: key)
        #expect(first.status == 201)
        #expect(again.status == 201 && again.json == first.json)
        #expect(again.field("Location") == first.field("Location"))
        let other = try await rig.send(
            "POST", "/edge/v1/certificates", #"{"names":["b.example.test"]}"#, fields: key)
        #expect(other.status == 422)
        #expect(other["type"] == "/edge/v1/problems/idempotency_key_reused")
        let foreign = try await rig.send(
            "POST", "/edge/v1/certificates", #"{"names":["x.other.test"],"start":false}"#,
            by: .stranger, fields: key)
        #expect(foreign.status == 201)
        let list = try await rig.send("GET", "/edge/v1/certificates")
        #expect(list["data"].arrayValue?.count == 1)
        let bad = try await rig.send(
            "POST", "/edge/v1/certificates", body, fields: [("Idempotency-Key", "a b")])
        #expect(bad["field"] == "Idempotency-Key")
    }

    @Test func `an ETag keeps an answer away that is known, and a change that comes too late`()
        async throws
    {
        let rig = try await ManagementRig()
        let made = try await rig.send("POST", "/edge/v1/domains", #"{"name":"a.example.test"}"#)
        let path = try #require(made.field("Location"))
        let tag = try #require(try await rig.send("GET", path).field("ETag"))
        for known in [tag, "W/\(tag)", "\"x\", \(tag)", "*"] {
            let answer = try await rig.send("GET", path, fields: [("If-None-Match", known)])
            #expect(answer.status == 304 && answer.body.isEmpty, "\(known)")
        }
        for other in ["", "\"x,\(tag.dropFirst())", "\"x\",\t\"y\""] {
            let answer = try await rig.send("GET", path, fields: [("If-None-Match", other)])
            #expect(answer.status == 200, "\(other)")
        }
        for nonsense in ["x", "\"", "\"x", "\"x\" \"y\"", "w/\(tag)", "*, *", ","] {
            let answer = try await rig.send("GET", path, fields: [("If-None-Match", nonsense)])
            #expect(answer.status == 422 && answer["field"] == "If-None-Match", "\(nonsense)")
        }
        let change = #"{"client_reference":"x"}"#
        let weak = try await rig.send("PATCH", path, change, fields: [("If-Match", "W/\(tag)")])
        #expect(weak.status == 412)
        let first = try await rig.send("PATCH", path, change, fields: [("If-Match", tag)])
        #expect(first.status == 200)
        let late = try await rig.send("PATCH", path, change, fields: [("If-Match", tag)])
        #expect(late.status == 412)
        #expect(late["type"] == "/edge/v1/problems/changed_meanwhile")
        let fresh = try #require(first.field("ETag"))
        let next = try await rig.send("PATCH", path, change, fields: [("If-Match", fresh)])
        #expect(next.status == 200)
    }

    @Test func `of two writers that saw the same only one changes it`() async throws {
        let rig = try await ManagementRig()
        let made = try await rig.send("POST", "/edge/v1/domains", #"{"name":"a.example.test"}"#)
        let path = try #require(made.field("Location"))
        let tag = try #require(try await rig.send("GET", path).field("ETag"))
        let statuses = try await withThrowingTaskGroup(of: Int.self) { group in
            for writer in 0..<8 {
                group.addTask {
                    try await rig.send(
                        "PATCH", path, "{\"client_reference\":\"w\(writer)\"}",
                        fields: [("If-Match", tag)]
                    ).status
                }
            }
            return try await group.reduce(into: []) { $0.append($1) }
        }
        #expect(statuses.count { $0 == 200 } == 1)
        #expect(statuses.count { $0 == 412 } == 7)
        #expect(try await rig.send("GET", path)["generation"] == 2)
    }

    @Test func `who waits for an event hears of it`() async throws {
        let rig = try await ManagementRig()
        async let waited = rig.send("GET", "/edge/v1/events?wait=20")
        _ = try await rig.send("POST", "/edge/v1/domains", #"{"name":"a.example.test"}"#)
        let events = try await waited
        #expect(events["data"].arrayValue?.first?["type"] == "domain.registered")
        #expect(events["data"].arrayValue?.first?["request_id"]?.stringValue?.count == 36)
        let none = try await rig.send("GET", "/edge/v1/events?after=evt_1")
        #expect(none["data"] == [])
    }

    @Test func `who is behind the log is told from where to go on`() async throws {
        let rig = try await ManagementRig(eventsMax: 4)
        for name in ["a", "b", "c", "d", "e", "f"] {
            _ = try await rig.send(
                "POST", "/edge/v1/domains", "{\"name\":\"\(name).example.test\"}")
        }
        let gone = try await rig.send("GET", "/edge/v1/events?after=evt_1")
        #expect(gone.status == 410, "\(gone.text)")
        #expect(gone["type"] == "/edge/v1/problems/events_gone")
        #expect(gone["field"] == "after")
        let place = try #require(gone["resume_after"].stringValue)
        let rest = try await rig.send("GET", "/edge/v1/events?after=\(place)")
        let ids = rest["data"].arrayValue?.map { $0["id"] }
        #expect(ids == ["evt_3", "evt_4", "evt_5", "evt_6"])
        #expect(try await rig.send("GET", "/edge/v1/events").status == 200)
        let head = try await rig.send("GET", "/edge/v1/queues/mine/head")
        #expect(head["lost_through"] == "evt_2")
        #expect(head["event"]["id"] == "evt_3")
        let described = try await rig.send("GET", "/edge/v1/openapi.json")["paths"]
        #expect(described["/edge/v1/events"]?["get"]?["responses"]?["410"] != nil)
    }

    @Test func `a webhook is signed with the secret that its receiver has already`() async throws {
        let rig = try await ManagementRig()
        let url = #""url":"https://127.0.0.1:1/hook""#
        let secret = String(repeating: "s", count: 16)
        let made = try await rig.send(
            "POST", "/edge/v1/webhooks", #"{\#(url),"format":"entri","secret":"\#(secret)"}"#)
        #expect(made.status == 201, "\(made.text)")
        #expect(made["secret"] == .string(secret))
        let number = try #require(made["id"].stringValue.flatMap { WebhookNumber(identifier: $0) })
        #expect(try await rig.registry.webhook(number)?.secret == secret)
        #expect(try await rig.registry.webhook(number)?.snapshot["secret"] == nil)
        let longest = String(repeating: "s", count: 256)
        let long = try await rig.send(
            "POST", "/edge/v1/webhooks", #"{\#(url),"secret":"\#(longest)"}"#)
        #expect(long.status == 201)
        for bad in [secret.dropLast(), longest + "s", "a secret with blanks"] {
            let answer = try await rig.send(
                "POST", "/edge/v1/webhooks", #"{\#(url),"secret":"\#(bad)"}"#)
            #expect(answer.status == 422 && answer["field"] == "secret", "\(answer.text)")
        }
    }

    @Test func `a webhook's backlog is counted`() async throws {
        let rig = try await ManagementRig()
        let made = try await rig.send(
            "POST", "/edge/v1/webhooks", #"{"url":"https://127.0.0.1:1/hook"}"#)
        let path = try #require(made.field("Location"))
        let backlog = try await rig.send("GET", "\(path)/backlog")
        #expect(backlog.json == ["waiting": 0, "given_up": 0, "lost_through": nil])
        let stranger = try await rig.send("GET", "\(path)/backlog", by: .stranger)
        #expect(stranger.status == 404)
    }

    @Test func `a queue has one head until it is confirmed`() async throws {
        let rig = try await ManagementRig()
        for name in ["a", "b"] {
            _ = try await rig.send(
                "POST", "/edge/v1/domains", "{\"name\":\"\(name).example.test\"}")
        }
        let head = try await rig.send("GET", "/edge/v1/queues/mine/head")
        #expect(head["waiting"] == 2)
        let id = try #require(head["event"]["id"]?.stringValue)
        let confirmed = try await rig.send(
            "POST", "/edge/v1/queues/mine/ack", "{\"event_id\":\"\(id)\"}")
        #expect(confirmed.status == 204, "\(confirmed.text)")
        let next = try await rig.send("GET", "/edge/v1/queues/mine/head")
        #expect(next["waiting"] == 1)
        #expect(next["event"]["subject"]?["name"] == "b.example.test")
        #expect(try await rig.send("GET", "/edge/v1/queues/yours/head")["waiting"] != 1)
    }
}
