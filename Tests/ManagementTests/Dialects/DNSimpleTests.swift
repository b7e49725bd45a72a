// SPDX-License-Identifier: Apache-2.0
import Foundation
@testable import Management
@testable import Provisioning
import Registry
import TLS
import Testing

/// Orders of DNSimple's: what is certified, what is declined, and what becomes of those that fail.
@Suite struct DNSimpleTests {
    private static let domains = "/v2/1010/domains"
    private static let shop = "/v2/1010/domains/shop.test"
    private static let orders = "/v2/1010/domains/shop.test/certificates/letsencrypt"
    private static let caller = Caller(account: "main", actor: "app", requestID: "r")

    private static func rig() async throws -> DialectRig {
        let rig = try await DialectRig()
        let made = try await rig.send("POST", domains, #"{"name":"shop.test"}"#)
        #expect(made.status == 201, "\(made.bodyText)")
        return rig
    }

    /// The number of an order.
    private static func order(_ rig: DialectRig, _ body: String) async throws -> Int {
        let answer = try await rig.send("POST", orders, body)
        return try #require(answer.json["data"]?["id"]?.integerValue, "\(answer.bodyText)")
    }

    // MARK: What fails

    /// How an order ends, and what it is called then.
    static let ends: [(steps: [IssuanceProgress.Step], state: String)] = [
        ([.begin, .missDelegation, .giveUpDelegation], "failed"),
        ([.begin, .failAuthorization], "failed"), ([.begin, .reject], "rejected"),
        ([.cancel], "cancelled"), ([.begin, .finalize, .cancel], "cancelled"),
    ]

    @Test(arguments: ends)
    func `an order that came to nothing stays to be read, and in the list`(
        steps: [IssuanceProgress.Step], state: String
    ) async throws {
        let rig = try await Self.rig()
        let id = try await Self.order(rig, "{}")
        let whole = try await Self.order(rig, #"{"name":"api"}"#)
        let version = try #require(VersionNumber(id))
        try await rig.registry.change(by: Self.caller) { change in
            let number = try #require(try await change.version(version)?.issuance)
            for step in steps {
                let after = try await change.advance(number, by: step)
                if let after, !after.state.isOpen { try await change.end(after) }
            }
        }
        let one = "\(Self.shop)/certificates/\(id)"
        let shown = try await rig.send("GET", one)
        #expect(shown.status == 200, "\(shown.bodyText)")
        #expect(shown.json["data"]?["state"] == .string(state))
        #expect(shown.json["data"]?["common_name"] == "www.shop.test")
        let list = try await rig.send("GET", "\(Self.shop)/certificates")
        #expect(list.json["data"]?.arrayValue?.map { $0["id"] } == [.integer(whole), .integer(id)])
        #expect(list.json["data"]?[1]?["state"] == .string(state))
        #expect(list.json["pagination"]?["total_entries"] == 2)
        for (method, path) in [
            ("GET", "\(one)/download"), ("GET", "\(one)/private_key"),
            ("POST", "\(Self.orders)/\(id)/renewals"),
        ] {
            let answer = try await rig.send(method, path, secret: DialectRig.keysSecret)
            #expect(answer.status == 428, "\(path)")
            #expect(answer.json["message"] == "Certificate not issued")
        }
        #expect(try await rig.send("POST", "\(Self.orders)/\(id)/issue").status == 400)
        // The native API goes on listing what was signed.
        let native = try await rig.lifecycle.versions(
            VersionFilter(), page: 0, size: 9, for: Self.caller)
        #expect(native.total == 0)
    }

    // MARK: What is declined

    @Test func `what does not point here is not begun, and the record that is missing is told`()
        async throws
    {
        let rig = try await Self.rig()
        rig.check.point("www.shop.test", here: false)
        let id = try await Self.order(rig, "{}")
        let before = try await rig.eventCount()
        let declined = try await rig.send("POST", "\(Self.orders)/\(id)/issue")
        #expect(declined.status == 400)
        #expect(
            declined.json["message"]?.stringValue?.contains("www.shop.test") == true,
            "\(declined.bodyText)")
        #expect(try await rig.eventCount() == before)
        let one = "\(Self.shop)/certificates/\(id)"
        #expect(try await rig.send("GET", one).json["data"]?["state"] == "new")
        rig.check.point("www.shop.test", here: true)
        #expect(try await rig.send("POST", "\(Self.orders)/\(id)/issue").status == 202)
        try await until("it is issued") {
            try await rig.send("GET", one).json["data"]?["state"] == "issued"
        }
        // Nor is its renewal, which can be ordered once the certificate is in service.
        var number = 0
        try await until("the renewal is ordered") {
            let renewal = try await rig.send("POST", "\(Self.orders)/\(id)/renewals")
            number = renewal.json["data"]?["id"]?.integerValue ?? 0
            return number > 0
        }
        rig.check.point("www.shop.test", here: false)
        let later = try await rig.send("POST", "\(Self.orders)/\(id)/renewals/\(number)/issue")
        #expect(later.status == 400, "\(later.bodyText)")
        #expect(later.json["message"] == declined.json["message"])
    }

    @Test(arguments: [#"{"name":"*"}"#, #"{"name":"www","alternate_names":["*.shop.test"]}"#])
    func `a wildcard is ordered once its CNAME is there, which is told before`(
        body: String
    ) async throws {
        let rig = try await Self.rig()
        let before = try await rig.eventCount()
        let declined = try await rig.send("POST", Self.orders, body)
        #expect(declined.status == 400)
        let message = declined.json["message"]?.stringValue ?? ""
        #expect(message.hasPrefix("*.shop.test needs a CNAME _acme-challenge.shop.test -> "))
        #expect(message.hasSuffix(".acme.edge.test"))
        #expect(declined.json["errors"]?["name"]?[0] == "*.shop.test needs DNS delegation")
        #expect(try await rig.eventCount() == before)
        rig.check.delegate("shop.test")
        let id = try await Self.order(rig, body)
        #expect(try await rig.send("POST", "\(Self.orders)/\(id)/issue").status == 202)
        try await until("it is issued") {
            let shown = try await rig.send("GET", "\(Self.shop)/certificates/\(id)")
            return shown.json["data"]?["state"] == "issued"
        }
    }

    // MARK: What is certified

    /// An order, whether the domain points here, and the names that are certified.
    static let covers: [(body: String, points: Bool, names: [String])] = [
        ("{}", true, ["www.shop.test", "shop.test"]), ("{}", false, ["www.shop.test"]),
        (#"{"name":"www"}"#, true, ["www.shop.test", "shop.test"]),
        (
            #"{"name":"www","alternate_names":["api"]}"#, true,
            ["www.shop.test", "api.shop.test", "shop.test"]
        ),
        (#"{"name":"api"}"#, true, ["api.shop.test"]), (#"{"name":""}"#, true, ["shop.test"]),
    ]

    @Test(arguments: covers)
    func `www is good for its domain too, without a word, where that points here`(
        body: String, points: Bool, names: [String]
    ) async throws {
        let rig = try await Self.rig()
        rig.check.point("shop.test", here: points)
        let id = try await Self.order(rig, body)
        let version = try await rig.lifecycle.version(
            try #require(VersionNumber(id)), for: Self.caller)
        #expect(version.names.map(\.text) == names)
        let shown = try await rig.send("GET", "\(Self.shop)/certificates/\(id)").json["data"]
        let told = names.dropFirst().filter { $0 != "shop.test" }
        #expect(shown?["alternate_names"] == .array(told.map { .string($0) }))
        #expect(shown?["common_name"] == .string(names[0]))
    }

    @Test func `a domain that was asked for beside www is told`() async throws {
        let rig = try await Self.rig()
        let id = try await Self.order(rig, #"{"name":"www","alternate_names":["shop.test"]}"#)
        let shown = try await rig.send("GET", "\(Self.shop)/certificates/\(id)").json["data"]
        #expect(shown?["alternate_names"] == ["shop.test"])
    }

    // MARK: Domains

    @Test func `what is ordered for a domain is none itself, and goes with it`() async throws {
        let rig = try await Self.rig()
        for body in [#"{"alternate_names":["api"]}"#, #"{"name":"mail"}"#] {
            let id = try await Self.order(rig, body)
            #expect(try await rig.send("POST", "\(Self.orders)/\(id)/issue").status == 202)
        }
        _ = try await rig.send("POST", Self.domains, #"{"name":"blog.shop.test"}"#)
        let blog = try await rig.send(
            "POST", "\(Self.domains)/blog.shop.test/certificates/letsencrypt", "{}")
        #expect(blog.status == 201)
        func listed() async throws -> [JSONValue?] {
            let list = try await rig.send("GET", Self.domains).json
            #expect(list["pagination"]?["total_entries"]?.integerValue == list.count)
            return list["data"]?.arrayValue?.map { $0["name"] } ?? []
        }
        #expect(try await listed() == ["shop.test", "blog.shop.test"])
        // One of them becomes a domain when it is made one.
        let made = try await rig.send("POST", Self.domains, #"{"name":"mail.shop.test"}"#)
        #expect(made.status == 201, "\(made.bodyText)")
        #expect(try await listed().count == 3)
        let again = try await rig.send("POST", Self.domains, #"{"name":"mail.shop.test"}"#)
        #expect(again.json["errors"]?["name"]?[0] == "has already been taken")
        let turned = try await rig.send("GET", "\(Self.domains)?sort=id:desc").json["data"]
        #expect(turned?.arrayValue?.last?["name"] == "shop.test")
        #expect(try await rig.send("GET", "\(Self.domains)?sort=name:asc").status == 400)

        try await until("www is served") {
            await rig.lifecycle.isServed(.exact(name("www.shop.test")))
        }
        try await until("mail is served") {
            await rig.lifecycle.isServed(.exact(name("mail.shop.test")))
        }
        #expect(try await rig.send("DELETE", Self.shop).status == 204)
        for gone in ["shop.test", "www.shop.test", "api.shop.test"] {
            #expect(await !rig.lifecycle.isServed(.exact(name(gone))), "\(gone)")
            #expect(try await rig.send("GET", "\(Self.domains)/\(gone)").status == 404, "\(gone)")
        }
        #expect(await rig.lifecycle.isServed(.exact(name("mail.shop.test"))))
        #expect(
            try await Set(listed()) == ["blog.shop.test", "mail.shop.test"])
        let left = try await rig.lifecycle.certificates(
            CertificateFilter(), PageRequest(), for: Self.caller)
        #expect(
            left.elements.map { $0.names.map(\.text) } == [
                ["mail.shop.test"], ["www.blog.shop.test", "blog.shop.test"],
            ])
    }

    // MARK: Fields

    @Test func `a GET has an ETag, and nothing is sent again to who has it`() async throws {
        let rig = try await Self.rig()
        let first = try await rig.send("GET", Self.shop)
        let tag = try #require(first.field("ETag"))
        func again(_ known: String) async throws -> ManagementResponse {
            try await rig.send(
                "GET", Self.shop, "",
                [("Authorization", "Bearer \(DialectRig.secret)"), ("If-None-Match", known)])
        }
        for known in [tag, "W/\(tag)", "\"other\", \(tag)", "*"] {
            let answer = try await again(known)
            #expect(answer.status == 304, "\(known)")
            #expect(answer.body.isEmpty && answer.field("ETag") == tag)
            #expect(answer.field("X-RateLimit-Remaining") != nil)
        }
        for other in ["\"other\"", tag.replacingOccurrences(of: "\"", with: "")] {
            #expect(try await again(other).body == first.body, "\(other)")
        }
        let missing = try await rig.send("GET", "\(Self.domains)/unknown.test")
        #expect(missing.status == 404 && missing.field("ETag") == nil)
    }

    @Test func `who has to wait is told until when`() async throws {
        let rig = try await Self.rig()
        let now = Int(rig.services.now().timeIntervalSince1970)
        let answer = DialectShape.dnsimple.answer(.lockedOut(seconds: 17), rig)
        let reset = Int(answer.field("X-RateLimit-Reset") ?? "") ?? 0
        #expect((now + 17...now + 27).contains(reset))
        #expect(answer.field("X-RateLimit-Remaining") == "0")
    }
}

extension JSONValue {
    /// How many elements its `data` has.
    fileprivate var count: Int? { self["data"]?.arrayValue?.count }
}
