// SPDX-License-Identifier: Apache-2.0
import Foundation
@testable import Management
@testable import Provisioning
import Registry
import Testing

/// Jobs, the queue that tells of them, contacts and searches, as AutoDNS' clients use them.
@Suite struct AutoDNSTests {
    private static let order = #"{"name":"www.shop.test","product":"SSL123"}"#
    private static let wildcard = #"{"name":"*.shop.test","product":"SSL123"}"#

    /// A call that has to do its task.
    @discardableResult
    private func done(
        _ rig: DialectRig, _ code: String, _ method: String, _ path: String, _ body: String = "",
        _ fields: [(String, String)] = []
    ) async throws -> JSONValue {
        let secret = [("Authorization", "Bearer \(DialectRig.secret)")]
        let answer = try await rig.send(method, "/v1/\(path)", body, secret + fields)
        #expect(answer.status == 200, "\(method) \(path): \(answer.bodyText)")
        #expect(answer.json["status"]?["code"] == .string(code), "\(answer.bodyText)")
        return answer.json
    }

    /// The message at the head of the queue, once there is one.
    private func polled(_ rig: DialectRig) async throws -> JSONValue {
        var message: JSONValue?
        try await until("a message is there") {
            message = try await done(rig, "S0905", "GET", "poll")["data"]?[0]
            return message != nil
        }
        return try #require(message)
    }

    private func confirm(_ rig: DialectRig, _ message: JSONValue) async throws {
        let id = try #require(message["id"]?.integerValue)
        try await done(rig, "S0906", "PUT", "poll/\(id)")
    }

    @Test func `a message of the queue is known by its order, its client's name among it`()
        async throws
    {
        let rig = try await DialectRig()
        let ordered = try await done(
            rig, "N400101", "POST", "certificate", Self.order, [("X-Domainrobot-Ctid", "mine-1")])
        let first = try await polled(rig)
        #expect(first["stid"] == ordered["stid"] && ordered["stid"] != nil)
        #expect(first["ctid"] == "mine-1")
        #expect(first["job"]?["id"] == ordered["data"]?[0]?["id"])
        #expect(first["job"]?["action"] == "create")
        #expect(first["job"]?["status"] == "SUCCESS")
        let id = try #require(first["object"]?["data"]?["id"]?.integerValue)
        try await confirm(rig, first)
        let calls = [
            ("N400106", "certificate/\(id)/_renew", "renew"),
            ("N400102", "certificate/\(id)", "reissue"),
        ]
        for (code, path, action) in calls {
            let begun = try await done(
                rig, code, "PUT", path, "{}", [("X-Domainrobot-Ctid", action)])
            var message = try await polled(rig)
            while message["job"] == nil {
                // That a reissue's predecessor was revoked.
                try await confirm(rig, message)
                message = try await polled(rig)
            }
            #expect(message["stid"] == begun["stid"], "\(message)")
            #expect(message["ctid"] == .string(action))
            #expect(message["job"]?["action"] == .string(action))
            try await confirm(rig, message)
        }
    }

    @Test func `a job waits for DNS, is shown, canceled, and goes on when it is confirmed`()
        async throws
    {
        let rig = try await DialectRig()
        let begun = try await done(rig, "N400101", "POST", "certificate", Self.wildcard)
        let job = try #require(begun["data"]?[0]?["id"]?.integerValue)
        var shown: JSONValue?
        try await until("it is deferred") {
            shown = try await done(rig, "S300114", "GET", "job/\(job)")["data"]?[0]
            return shown?["job"]?["status"] == "DEFERRED"
        }
        #expect(shown?["job"]?["subStatus"] == "WF_DNS_AUTH")
        #expect(shown?["job"]?["id"] == .integer(job))
        #expect(shown?["object"]?["value"] == "*.shop.test")
        let record = shown?["authentication"]?[0]?["dns"]?.stringValue
        #expect(record?.hasPrefix("_acme-challenge.shop.test. 300 IN CNAME ") == true)
        #expect(shown?["dcvAuth"]?[0]?["step"] == "DOMAIN_VERIFICATION")

        try await done(rig, "S300121", "PUT", "job/\(job)/_cancel")
        let canceled = try await polled(rig)
        #expect(canceled["job"]?["status"] == "CANCELED")
        #expect(canceled["stid"] == begun["stid"])
        try await confirm(rig, canceled)
        let twice = try await rig.send("PUT", "/v1/job/\(job)/_cancel")
        #expect(twice.status == 400)
        #expect(DialectShape.autodns.problem(with: twice) == nil)

        rig.check.delegate("shop.test")
        let again = try await done(rig, "S300122", "PUT", "job/\(job)/_confirm")
        let next = try #require(again["data"]?[0]?["id"]?.integerValue)
        #expect(next != job)
        try await until("it is done") {
            try await done(rig, "S300114", "GET", "job/\(next)")["data"]?[0]?["job"]?["status"]
                == "SUCCESS"
        }
        let mail = try await rig.send("PUT", "/v1/job/\(next)/_resendApproverEmail")
        #expect(mail.status == 400)
        #expect(mail.json["status"]?["code"] == "E400118")
        #expect(
            mail.json["messages"]?[0]?["objects"]?[0]
                == ["type": "authentication.method", "value": "EMAIL"])
    }

    @Test func `a job that failed says so, and the renewal of it is a renewal again`()
        async throws
    {
        var configuration = Lifecycle.Configuration()
        configuration.delegationPatience = .zero
        let rig = try await DialectRig(configuration: configuration)
        let begun = try await done(rig, "N400101", "POST", "certificate", Self.wildcard)
        let failed = try await polled(rig)
        #expect(failed["job"]?["id"] == begun["data"]?[0]?["id"])
        #expect(failed["job"]?["status"] == "FAILED")
        #expect(failed["messages"]?[0]?["status"] == "ERROR", "\(failed)")
        #expect(failed["stid"] == begun["stid"])
        try await confirm(rig, failed)
        let job = try #require(begun["data"]?[0]?["id"]?.integerValue)
        let shown = try await done(rig, "S300114", "GET", "job/\(job)")["data"]?[0]
        #expect(shown?["notices"]?[0]?.stringValue?.isEmpty == false)
        rig.check.delegate("shop.test")
        try await done(rig, "S300122", "PUT", "job/\(job)/_confirm")
        let first = try await polled(rig)
        #expect(first["job"]?["action"] == "create")
        try await confirm(rig, first)
        let id = try #require(first["object"]?["data"]?["id"]?.integerValue)

        rig.check.delegate("shop.test", false)
        let renewal = try await done(rig, "N400106", "PUT", "certificate/\(id)/_renew", "{}")
        let lost = try await polled(rig)
        #expect(lost["job"]?["status"] == "FAILED")
        #expect(lost["job"]?["action"] == "renew")
        try await confirm(rig, lost)
        rig.check.delegate("shop.test")
        let number = try #require(renewal["data"]?[0]?["id"]?.integerValue)
        try await done(rig, "S300122", "PUT", "job/\(number)/_confirm")
        let renewed = try await polled(rig)
        #expect(renewed["job"]?["status"] == "SUCCESS")
        #expect(renewed["job"]?["action"] == "renew")
    }

    @Test func `a version is revoked by its serial number, and a session is ended`() async throws {
        let rig = try await DialectRig()
        let login = try await rig.send(
            "POST", "/v1/login", #"{"user":"app","password":"\#(DialectRig.secret)"}"#, [])
        let session = try #require(login.field("X-Domainrobot-SessionId"))
        for method in ["DELETE", "GET"] {
            let logout = try await rig.send(
                method, "/v1/logout", "", [("X-Domainrobot-SessionId", session)])
            #expect(logout.json["status"]?["code"] == "S1321002")
        }
        let made = try await done(
            rig, "S4001012", "POST", "certificate/_realtime", Self.order)["data"]?[0]
        let id = try #require(made?["id"]?.integerValue)
        let serial = try #require(made?["serialNumber"]?.stringValue)
        let unknown = try await rig.send(
            "POST", "/v1/certificate/\(id)/_revoke", #"{"serialNumber":"abc"}"#)
        #expect(unknown.status == 400)
        #expect(DialectShape.autodns.names("serialNumber", in: unknown))
        try await done(
            rig, "S4001031", "POST", "certificate/\(id)/_revoke",
            #"{"id":\#(id),"serialNumber":"0\#(serial.uppercased())"}"#)
        let caller = Caller(account: "main", actor: "test", requestID: "r")
        let version = try await rig.lifecycle.versions(
            VersionFilter(), PageRequest(), for: caller
        ).elements.first
        #expect(version?.state == .revoked)
    }

    @Test func `a realtime call that cannot be done in time is a job, at once when drained`()
        async throws
    {
        let rig = try await DialectRig()
        let request = rig.request("POST", "/v1/certificate/_realtime", Self.wildcard)
        request.drain.give()
        let answer = try await rig.send(request)
        #expect(answer.json["status"]?["code"] == "N4001012", "\(answer.bodyText)")
        let job = try #require(answer.json["data"]?[0]?["id"]?.integerValue)
        try await until("it is deferred") {
            try await done(rig, "S300114", "GET", "job/\(job)")["data"]?[0]?["job"]?["status"]
                == "DEFERRED"
        }
        rig.check.delegate("shop.test")
        // One that waits is answered when the job has ended.
        try await done(rig, "S300122", "PUT", "job/\(job)/_confirm")
        try await until("it is done") {
            try await done(rig, "S300114", "GET", "job/\(job)")["data"]?[0]?["job"]?["status"]
                == "SUCCESS"
        }
    }

    // MARK: Contacts

    @Test func `a contact is made, shown, found, changed, named in an order, and deleted`()
        async throws
    {
        let rig = try await DialectRig()
        let john = #"{"fname":"John","lname":"Doe","address":["Street 1"],"country":"DE"}"#
        let made = try await done(rig, "S400201", "POST", "sslcontact", john)
        let contact = try #require(made["data"]?[0])
        let id = try #require(contact["id"]?.integerValue)
        #expect(contact["fname"] == "John")
        #expect(contact["address"] == ["Street 1"])
        #expect(made["object"] == ["type": "SslContact", "value": .string("\(id)")])
        let shown = try await done(rig, "S400204", "GET", "sslcontact/\(id)")["data"]?[0]
        #expect(shown == contact)
        // What was read can be sent back.
        let text = String(decoding: contact.text, as: UTF8.self)
            .replacing("John", with: "Jane")
        let changed = try await done(rig, "S400202", "PUT", "sslcontact/\(id)", text)
        #expect(changed["data"]?[0]?["fname"] == "Jane")
        for (value, count) in [("Jane", 1), ("John", 0)] {
            let found = try await done(
                rig, "S400205", "POST", "sslcontact/_search",
                #"{"filters":[{"key":"fname","value":"\#(value)","operator":"EQUAL"}]}"#)
            #expect(found["object"]?["summary"] == .integer(count))
        }
        let ordered = try await done(
            rig, "S4001012", "POST", "certificate/_realtime",
            #"{"name":"www.shop.test","product":"SSL123","adminContact":{"id":\#(id)}}"#)
        #expect(ordered["data"]?[0]?["adminContact"] == ["id": .integer(id)])

        let stranger = try await rig.send(
            "GET", "/v1/sslcontact/\(id)", "", secret: DialectRig.strangerSecret)
        #expect(stranger.status == 404)
        #expect(stranger.json["status"]?["code"] == "E400204")
        try await done(rig, "S400203", "DELETE", "sslcontact/\(id)")
        #expect(try await rig.send("GET", "/v1/sslcontact/\(id)").status == 404)
        // What happened is in the log; who the contact is, is not.
        let caller = Caller(account: "main", actor: "test", requestID: "r")
        var filter = EventFilter()
        filter.subject = .contact
        let events = try await rig.lifecycle.events(filter, after: nil, limit: 50, for: caller)
        #expect(
            events.elements.map(\.kind) == [.contactCreated, .contactChanged, .contactDeleted])
        let told = events.elements.map { String(decoding: $0.snapshot.text, as: UTF8.self) }
        #expect(told.allSatisfy { !$0.contains("Doe") && !$0.contains("Street") })
    }

    @Test func `a contact that cannot be is declined with its field`() async throws {
        let rig = try await DialectRig()
        let long = String(repeating: "a", count: 256)
        let bodies = [
            ("lname", "{}"), ("fname", #"{"fname":7}"#), ("city", #"{"city":"\#(long)"}"#),
            ("address", #"{"address":["1","2","3","4","5","6"]}"#),
            ("surplus", #"{"lname":"Doe","surplus":1}"#),
        ]
        for (field, body) in bodies {
            let answer = try await rig.send("POST", "/v1/sslcontact", body)
            #expect(answer.status == 400, "\(body)")
            #expect(DialectShape.autodns.names(field, in: answer), "\(answer.bodyText)")
        }
        #expect(try await rig.eventCount() == 0)
    }

    // MARK: Searches

    @Test func `certificates are found by what AutoDNS' clients look for, in either order`()
        async throws
    {
        let rig = try await DialectRig()
        var made: [JSONValue] = []
        for name in ["a.shop.test", "b.shop.test", "shop.test", "a.other.test"] {
            let one = try await done(
                rig, "S4001012", "POST", "certificate/_realtime",
                #"{"name":"\#(name)","product":"SSL123","partnerOrderId":"of \#(name)"}"#)
            made.append(try #require(one["data"]?[0]))
        }
        let ids = made.compactMap { $0["id"]?.integerValue }
        func found(_ filters: String, _ rest: String = "") async throws -> [Int] {
            let answer = try await done(
                rig, "S400105", "POST", "certificate/_search?keys[]=name",
                "{\"filters\":[\(filters)]\(rest)}")
            return answer["data"]?.arrayValue?.compactMap { $0["id"]?.integerValue } ?? []
        }
        func filter(_ key: String, _ comparison: String, _ value: String) -> String {
            #"{"key":"\#(key)","operator":"\#(comparison)","value":"\#(value)"}"#
        }
        let serial = made[1]["serialNumber"]?.stringValue ?? ""
        let end = made[0]["expire"]?.stringValue ?? ""
        #expect(try await found("") == ids)
        #expect(
            try await found("", #","orders":[{"key":"id","type":"DESC"}]"#) == ids.reversed())
        #expect(
            try await found(
                "", #","orders":[{"key":"created","type":"DESC"}],"view":{"limit":1,"offset":1}"#)
                == [ids[2]])
        #expect(try await found(filter("id", "EQUAL", "\(ids[2])")) == [ids[2]])
        #expect(try await found(filter("id", "EQUAL", "none")) == [])
        #expect(try await found(filter("serialNumber", "EQUAL", serial)) == [ids[1]])
        #expect(try await found(filter("serialNumber", "EQUAL", "ff00")) == [])
        #expect(try await found(filter("name", "LIKE", "*.shop.test")) == [ids[0], ids[1]])
        #expect(try await found(filter("name", "LIKE", "a.%")) == [ids[0], ids[3]])
        #expect(
            try await found(
                filter("name", "LIKE", "a.%") + ","
                    + filter("partnerOrderId", "EQUAL", "of a.other.test"))
                == [ids[3]])
        #expect(try await found(filter("expire", "GREATER", "2020-01-31")) == ids)
        #expect(try await found(filter("expire", "LESS", "2020-01-31")) == [])
        #expect(try await found(filter("expire", "LESS", "2999-01-31T10:00:00.000+0100")) == ids)
        #expect(try await !found(filter("expire", "GREATER", end)).contains(ids[0]))
        for unfit in [
            filter("id", "LIKE", "1"), filter("name", "LESS", "a"), filter("csr", "EQUAL", "a"),
            filter("expire", "EQUAL", "2020-01-31"), filter("expire", "LESS", "soon"),
            filter("name", "NEAR", "a"),
        ] {
            let answer = try await rig.send(
                "POST", "/v1/certificate/_search", "{\"filters\":[\(unfit)]}")
            #expect(answer.status == 400, "\(unfit)")
            #expect(DialectShape.autodns.problem(with: answer) == nil)
        }
    }

    @Test(arguments: [
        ("2026-11-21T20:40:00.000+0000", 1_795_293_600.0),
        ("2026-11-21T20:40:00+0100", 1_795_290_000),
        ("2026-11-21", 1_795_219_200),
    ])
    func `a moment is read as AutoDNS writes it`(text: String, seconds: Double) {
        #expect(Date(offsetText: text) == Date(timeIntervalSince1970: seconds))
        for unfit in ["", "2026-13-21", "2026-11-21T20:40", "yesterday!", "\(text)x"] {
            #expect(Date(offsetText: unfit) == nil, "\(unfit)")
        }
    }
}
