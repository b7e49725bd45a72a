// SPDX-License-Identifier: Apache-2.0
import Foundation
@testable import Management
import Registry
import Testing

/// What clients of Entri, DNSimple, AutoDNS and Resello rely on beside the calls of their pages.
@Suite struct DialectContractTests {
    // MARK: Entri

    @Test func `Entri takes a secret or a token in either field, with a body or a query`()
        async throws
    {
        let rig = try await DialectRig()
        let token = try await rig.send(
            "POST", "/token",
            #"{"applicationId":"app","secret":"\#(DialectRig.secret)","domain":"x","dnsRecords":[]}"#,
            [])
        #expect(token.status == 200, "\(token.bodyText)")
        let jwt = try #require(token.json["auth_token"]?.stringValue)
        for secret in [DialectRig.secret, jwt, "Bearer \(jwt)"] {
            for field in ["Authentication", "Authorization"] {
                let fields = [(field, secret), ("applicationId", "app")]
                let body = try await rig.send(
                    "GET", "/ssl", #"{"domain":"www.shop.test"}"#, fields)
                #expect(body.json == ["eligible": true, "sslStatus": "inactive"], "\(field)")
                let query = try await rig.send(
                    "GET", "/ssl?domain=shop.test&rootDomain=true", "", fields)
                #expect(query.json["eligible"] == true)
            }
        }
        let other = try await rig.send(
            "GET", "/ssl", "", [("Authentication", jwt), ("applicationId", "reader")])
        #expect(other.status == 401)
        let root = try await rig.send("GET", "/ssl", #"{"domain":"shop.test"}"#)
        #expect(root.status == 400)
    }

    @Test func `what is submitted twice is declined, and stays as it was`() async throws {
        let rig = try await DialectRig()
        let body = #"{"domain":"a.shop.test","applicationUrl":"https://app.test"}"#
        #expect(try await rig.send("POST", "/ssl", body).status == 200)
        try await until("it is active") {
            try await rig.send("GET", "/ssl?status=active").json["total"] == 1
        }
        let before = try await rig.eventCount()
        let again = try await rig.send("POST", "/ssl", #"{"domain":"a.shop.test"}"#)
        #expect(again.status == 409, "\(again.bodyText)")
        let taken = try await rig.send("POST", "/v2/1/domains", #"{"name":"a.shop.test"}"#)
        #expect(taken.status == 400)
        #expect(taken.json["errors"]?["name"]?[0] == "has already been taken")
        let stranger = try await rig.send(
            "POST", "/ssl", #"{"domain":"a.shop.test"}"#, secret: DialectRig.strangerSecret)
        #expect(stranger.status == 409, "\(stranger.bodyText)")
        #expect(try await rig.eventCount() == before)
        let shown = try await rig.send("GET", "/ssl").json["data"]?[0]?["applicationUrl"]
        #expect(shown?.stringValue?.hasPrefix("https://app.test") == true)
    }

    @Test func `Entri's list has pages of each status`() async throws {
        let rig = try await DialectRig()
        for name in ["a", "b", "c"] {
            _ = try await rig.send("POST", "/ssl", #"{"domain":"\#(name).shop.test"}"#)
        }
        for name in ["www.one.test", "www.two.test"] {
            _ = try await rig.send("POST", "/v2/1/domains", #"{"name":"\#(name)"}"#)
        }
        try await until("three are active") {
            try await rig.send("GET", "/ssl?status=active").json["total"] == 3
        }
        let first = try await rig.send("GET", "/ssl?status=active&size=2").json
        #expect(first["count"] == 2)
        #expect(first["nextPage"] == 1)
        #expect(first["prevPage"] == .null)
        let second = try await rig.send("GET", "/ssl?status=active&size=2&page=1").json
        #expect(second["count"] == 1)
        #expect(second["nextPage"] == .null)
        let inactive = try await rig.send("GET", "/ssl?status=inactive").json
        #expect(inactive["total"] == 2)
        #expect(inactive["data"]?[0]?["secureStatus"] == "inactive")
        #expect(try await rig.send("GET", "/ssl").json["total"] == 5)
        for query in ["page=-1", "size=0", "size=501", "page=x", "status=odd"] {
            let answer = try await rig.send("GET", "/ssl?\(query)")
            #expect(answer.status == 400, "\(query)")
        }
        let changed = try await rig.send(
            "PUT", "/ssl", #"{"domain":"a.shop.test","applicationUrl":"https://app.test"}"#)
        #expect(changed.json["applicationUrl"]?.stringValue?.hasPrefix("https://app.test") == true)
    }

    // MARK: DNSimple

    @Test func `DNSimple lists by falling numbers, by pages, in the order that is asked for`()
        async throws
    {
        let rig = try await DialectRig()
        let paths = "/v2/1010/domains/shop.test/certificates"
        _ = try await rig.send("POST", "/v2/1010/domains", #"{"name":"shop.test"}"#)
        var ids: [JSONValue] = []
        for name in ["c", "a", "b"] {
            let order = try await rig.send(
                "POST", "\(paths)/letsencrypt", #"{"name":"\#(name)"}"#)
            #expect(order.status == 201, "\(order.bodyText)")
            ids.append(order.json["data"]?["id"] ?? .null)
        }
        func listed(_ query: String) async throws -> [JSONValue] {
            let answer = try await rig.send("GET", "\(paths)?\(query)")
            #expect(DialectShape.dnsimple.problem(with: answer)?.hasPrefix("X-Rate") != true)
            return answer.json["data"]?.arrayValue?.map { $0["id"] ?? .null } ?? []
        }
        #expect(try await listed("") == ids.reversed())
        #expect(try await listed("sort=id:asc") == ids)
        #expect(try await listed("sort=common_name:asc") == [ids[1], ids[2], ids[0]])
        #expect(try await listed("per_page=2") == [ids[2], ids[1]])
        #expect(try await listed("per_page=2&page=2") == [ids[0]])
        #expect(try await listed("per_page=2&page=3") == [])
        for query in ["per_page=101", "page=0", "sort=years:asc", "sort=id:up"] {
            #expect(try await rig.send("GET", "\(paths)?\(query)").status == 400, "\(query)")
        }
        let elsewhere = try await rig.send(
            "POST", "\(paths)/letsencrypt", #"{"alternate_names":["www.other.test"]}"#)
        #expect(elsewhere.json["errors"]?["alternate_names"] != nil, "\(elsewhere.bodyText)")
        let kind = try await rig.send(
            "POST", "\(paths)/letsencrypt", #"{"signature_algorithm":"DSA"}"#)
        #expect(kind.json["errors"]?["signature_algorithm"] != nil)
        let hook = try await rig.send(
            "POST", "/v2/1010/webhooks", #"{"url":"http://127.0.0.1/"}"#)
        #expect(hook.json["errors"]?["url"] != nil)
        let made = try await rig.send(
            "POST", "/v2/1010/webhooks", #"{"url":"https://hooks.test/"}"#)
        let number = made.json["data"]?["id"]?.integerValue ?? 0
        let gone = try await rig.send("DELETE", "/v2/1010/webhooks/\(number)")
        #expect(gone.status == 204 && gone.body.isEmpty)
        #expect(gone.field("X-RateLimit-Limit") != nil)
    }

    // MARK: AutoDNS

    /// What is asked, and the object that the message names.
    static let refused: [(body: String, type: String, value: String)] = [
        (#""authentication":{"method":"EMAIL"}"#, "authentication.method", "EMAIL"),
        (#""authentication":{"method":"ORG"}"#, "authentication.method", "ORG"),
        (
            #""authentication":{"approverEmails":["a@b.test"]}"#, "authentication.method",
            "EMAIL"
        ),
        (#""product":"TRUE_BUSINESS_ID_EV""#, "product", "TRUE_BUSINESS_ID_EV"),
        (#""certificateType":"VMC""#, "certificateType", "VMC"),
    ]

    @Test(arguments: refused)
    func `AutoDNS declines what an edge cannot honour by name`(
        body: String, type: String, value: String
    ) async throws {
        let rig = try await DialectRig()
        for path in ["certificate", "certificate/_realtime", "certificate/_prepareOrder"] {
            let product = body.contains("\"product\"") ? "" : #","product":"SSL123""#
            let answer = try await rig.send(
                "POST", "/v1/\(path)", #"{"name":"www.shop.test",\#(body)\#(product)}"#)
            #expect(answer.status == 400, "\(path)")
            let message = answer.json["messages"]?[0]
            #expect(message?["code"] == "EF01000")
            #expect(
                message?["objects"]?[0] == ["type": .string(type), "value": .string(value)],
                "\(answer.bodyText)")
        }
        #expect(try await rig.eventCount() == 0)
    }

    @Test func `AutoDNS prepares by three spellings, and changes nothing`() async throws {
        let rig = try await DialectRig()
        let body: JSONValue = [
            "plain": .string(try DialectRig.signingRequest("www.shop.test")),
            "product": "SSL123",
        ]
        for path in ["_prepareOrder", "prepareOrder"].map({ "certificate/\($0)" })
            + ["certiicate/prepareOrder"]
        {
            let answer = try await rig.send(
                "POST", "/v1/\(path)", String(decoding: body.text, as: UTF8.self),
                [
                    ("Authorization", "Bearer \(DialectRig.secret)"),
                    ("X-Domainrobot-Ctid", "mine-1"),
                ])
            #expect(answer.status == 200, "\(path) \(answer.bodyText)")
            #expect(answer.json["status"]?["code"] == "S400110")
            #expect(answer.json["ctid"] == "mine-1")
            let ways = answer.json["data"]?[0]?["authentication"]?.arrayValue ?? []
            #expect(ways.map { $0["method"] } == ["DNS", "FILE"])
            let record = ways.first?["dns"]?.stringValue ?? ""
            #expect(record.hasPrefix("_acme-challenge.www.shop.test. 300 IN CNAME "))
            #expect(record.hasSuffix(".acme.edge.test."))
        }
        #expect(try await rig.eventCount() == 0)
    }

    @Test func `AutoDNS' realtime call, a term, a comment, a search and a session`() async throws {
        let rig = try await DialectRig()
        let login = try await rig.send(
            "POST", "/v1/login",
            #"{"user":"app","password":"\#(DialectRig.secret)","context":4}"#, [])
        let session = try #require(login.field("X-Domainrobot-SessionId"), "\(login.bodyText)")
        let fields = [("X-Domainrobot-SessionId", session)]
        #expect(try await rig.send("GET", "/v1/hello", "", fields).status == 200)
        let made = try await rig.send(
            "POST", "/v1/certificate/_realtime",
            #"{"name":"www.shop.test","product":"SSL123","lifetime":{"unit":"MONTH","period":12},"adminContact":{"id":7}}"#,
            fields)
        #expect(made.json["status"]?["code"] == "S4001012", "\(made.bodyText)")
        let certificate = made.json["data"]?[0]
        #expect(certificate?["multiyear"] == true)
        #expect(certificate?["adminContact"] == ["id": 7])
        #expect(certificate?["server"]?.stringValue?.hasPrefix("-----BEGIN") == true)
        let id = certificate?["id"]?.integerValue ?? 0
        let commented = try await rig.send(
            "PUT", "/v1/certificate/\(id)/_comment", #"{"comment":"ours"}"#, fields)
        #expect(commented.json["data"] == [])
        let found = try await rig.send(
            "POST", "/v1/certificate/_search",
            #"{"filters":[{"key":"name","value":"www.shop.test","operator":"EQUAL"}],"view":{"limit":5,"offset":0}}"#,
            fields)
        #expect(found.json["object"]?["summary"] == 1, "\(found.bodyText)")
        #expect(found.json["data"]?[0]?["comment"] == "ours")
        let dry = try await rig.send(
            "DELETE", "/v1/certificate/\(id)", "", fields + [("X-Domainrobot-Demo", "true")])
        #expect(dry.status == 400)
        let deleted = try await rig.send("DELETE", "/v1/certificate/\(id)", "", fields)
        #expect(deleted.json["status"]?["code"] == "S400103", "\(deleted.bodyText)")
        #expect(try await rig.send("GET", "/v1/certificate/\(id)", "", fields).status == 404)
    }

    // MARK: Resello

    @Test func `Resello lists by plan and reference, and has the operator's plans`() async throws {
        let rig = try await DialectRig()
        for number in 1...3 {
            let body: JSONValue = [
                "csr": .string(try DialectRig.signingRequest("s\(number).shop.test")),
                "dcv_type": "FILE", "plan": .string(DialectRig.plan.uppercased()),
                "client_reference": .string("#\(number % 2)"), "department": "Development",
            ]
            let made = try await rig.send(
                "POST", "/ssl-certificate", String(decoding: body.text, as: UTF8.self))
            #expect(made.status == 201, "\(made.bodyText)")
            #expect(made.json["department"] == "Development")
        }
        func count(_ query: String) async throws -> Int? {
            try await rig.send("GET", "/ssl-certificate?\(query)").json.arrayValue?.count
        }
        #expect(try await count("") == 3)
        #expect(try await count("client_reference=%231") == 2)
        #expect(try await count("plan=\(DialectRig.plan)") == 3)
        #expect(try await count("plan=00000000-0000-4000-8000-000000000000") == 0)
        #expect(try await count("per_page=2&page=2") == 1)
        let paged = try await rig.send("GET", "/ssl-certificate?per_page=2")
        #expect(paged.field("Link") == "</ssl-certificate?per_page=2&page=2>; rel=\"next\"")
        #expect(try await rig.send("GET", "/ssl-certificate?plan=x").status == 400)
        let plans = try await rig.send("GET", "/ssl-certificate-plan?name=edge")
        #expect(plans.json[0]?["id"] == .string(DialectRig.plan))
        let one = try await rig.send("GET", "/ssl-certificate-plan/\(DialectRig.plan)")
        #expect(one.json["name"] == "Edge DV")
        for (method, path) in [
            ("POST", "/ssl-certificate-plan"), ("PUT", "/ssl-certificate-plan/\(DialectRig.plan)"),
        ] {
            #expect(try await rig.send(method, path, "{}").status == 403)
        }
        let key = try await rig.send("POST", "/ssl-certificate/ee-authentication-key", "{}")
        #expect(key.status == 400)
    }

    @Test func `numbers are UUIDs for Resello, and only its own are read back`() {
        for value in [1, 255, 0x7fff_ffff] {
            let number = CertificateNumber(value)!
            let text = ReselloIdentifier.text(number)
            #expect(UUID(uuidString: text) != nil)
            #expect(ReselloIdentifier.number(text.uppercased()) == number)
        }
        for text in [
            "", "7", "00000000-0000-8000-8000-000000000000",
            "00000000-0000-8000-8000-0000000000+7", "10000000-0000-8000-8000-000000000007",
            "00000000-0000-8000-8000-ffffffffffff",
        ] {
            #expect(ReselloIdentifier.number(text) == nil, "\(text)")
        }
    }
}
