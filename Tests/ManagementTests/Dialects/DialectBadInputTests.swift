// SPDX-License-Identifier: Apache-2.0
@testable import Management
import Networking
import Registry
import Testing

/// Whatever is wrong with a call is said in the dialect's own shape, with the field, and changes nothing.
@Suite struct DialectBadInputTests {
    /// A call with a name in it, as each dialect takes one.
    struct NamedCall: Sendable {
        let shape: DialectShape
        let method: String
        let path: String
        /// The member that has the name.
        let field: String
        /// The rest of the body.
        var rest = ""

        func body(_ value: String) -> String {
            "{\"\(field)\":\(value)\(rest.isEmpty ? "" : ",\(rest)")}"
        }
    }

    static let calls = [
        NamedCall(shape: .entri, method: "POST", path: "/ssl", field: "domain"),
        NamedCall(shape: .dnsimple, method: "POST", path: "/v2/1/domains", field: "name"),
        NamedCall(
            shape: .autodns, method: "POST", path: "/v1/certificate", field: "name",
            rest: #""product":"SSL123""#),
        NamedCall(
            shape: .resello, method: "POST", path: "/ssl-certificate", field: "csr",
            rest: #""dcv_type":"DNS","plan":"\#(DialectRig.plan)""#),
        NamedCall(
            shape: .qwilt, method: "POST", path: "/api/v2/certificate-templates",
            field: "commonName", rest: #""autoManagedCertificateTemplate":true"#),
    ]

    @Test func `a value that cannot be is declined with its field named`() async throws {
        let rig = try await DialectRig()
        let before = try await rig.eventCount()
        let label = String(repeating: "a", count: 64)
        let values = [
            "7", "true", "[]", "{}", #""""#, #""under_score.shop.test""#, #""192.0.2.1""#,
            #""\#(label).shop.test""#, #""bücher.shop.test""#, #""-a.shop.test""#,
            #""a..shop.test""#, #""*.*.shop.test""#, #""a\u0000b.shop.test""#,
            "\"\(String(repeating: "a.", count: 2000))shop.test\"",
        ]
        for call in Self.calls {
            for value in values {
                let answer = try await rig.send(call.method, call.path, call.body(value))
                #expect(answer.status == 400, "\(call.shape) \(value.prefix(80))")
                #expect(
                    call.shape.problem(with: answer) == nil, "\(call.shape) \(value.prefix(80))")
                #expect(
                    call.shape.names(call.field, in: answer),
                    "\(call.shape) \(value.prefix(80)) \(answer.bodyText.prefix(300))")
            }
        }
        #expect(try await rig.eventCount() == before)
    }

    @Test func `a body that is no object of the call's is declined`() async throws {
        let rig = try await DialectRig()
        let before = try await rig.eventCount()
        let bodies = [
            "", "{", "null", "[]", "7", "\"text\"", "{}", "{\"a\":1,\"a\":2}", "{\"a\":\u{1}}",
            "{'a':1}", "{\"a\":1}trailing", "domain=www.shop.test",
            String(repeating: "[", count: 10_000), String(repeating: "{\"a\":", count: 10_000),
        ]
        for call in Self.calls {
            for body in bodies {
                let answer = try await rig.send(call.method, call.path, body)
                #expect(answer.status == 400, "\(call.shape) \(body.prefix(40))")
                #expect(
                    call.shape.problem(with: answer) == nil, "\(call.shape) \(body.prefix(40))")
            }
            let unknown = try await rig.send(
                call.method, call.path,
                String(call.body("\"www.shop.test\"").dropLast()) + ",\"surplus\":1}")
            #expect(unknown.status == 400, "\(call.shape)")
            #expect(call.shape.names("surplus", in: unknown))
            let large = rig.request(call.method, call.path)
            let dialect = rig.dialects.first { $0.claims(large) }
            let answer = dialect?.respond(to: .bodyTooLarge(max: 1), of: large)
            #expect(answer?.status == 413)
        }
        #expect(try await rig.eventCount() == before)
    }

    @Test func `what is not there, and what is another account's, is not there`() async throws {
        let rig = try await DialectRig()
        let made = try await rig.send(
            "POST", "/api/v2/certificate-templates",
            #"{"commonName":"a.shop.test","autoManagedCertificateTemplate":false}"#)
        let template = try #require(made.json["certificateTemplateId"]?.integerValue)
        let issuance = try #require(made.json["csrIds"]?[0]?.integerValue)
        let own = ["\(template)", "\(issuance)"]
        let before = try await rig.eventCount()
        for id in own + ["0", "-1", "+1", "99", "2147483648", "99999999999999999999", "a", "%00"] {
            for (method, path, shape) in Self.single(id) {
                let answer = try await rig.send(
                    method, path, "{}", secret: DialectRig.strangerSecret)
                #expect(answer.status == 404, "\(method) \(path) \(answer.bodyText)")
                #expect(shape.problem(with: answer) == nil, "\(method) \(path)")
            }
        }
        #expect(try await rig.eventCount() == before)
        #expect(try await rig.eventCount("other") == 0)
    }

    /// Calls about one object.
    private static func single(_ id: String) -> [(String, String, DialectShape)] {
        let uuid = Int(id).flatMap { CertificateNumber($0) }.map(ReselloIdentifier.text) ?? id
        return [
            ("GET", "/v2/1/domains/\(id)", .dnsimple),
            ("GET", "/v2/1/domains/a.shop.test/certificates/\(id)", .dnsimple),
            ("GET", "/v2/1/webhooks/\(id)", .dnsimple),
            ("DELETE", "/v2/1/webhooks/\(id)", .dnsimple),
            ("GET", "/v1/certificate/\(id)", .autodns),
            ("PUT", "/v1/certificate/\(id)/_renew", .autodns),
            ("DELETE", "/v1/certificate/\(id)", .autodns), ("GET", "/v1/job/\(id)", .autodns),
            ("PUT", "/v1/job/\(id)/_cancel", .autodns),
            ("GET", "/ssl-certificate/\(uuid)", .resello),
            ("DELETE", "/ssl-certificate/\(uuid)", .resello),
            ("GET", "/ssl-certificate/\(uuid)/download-crt", .resello),
            ("GET", "/ssl-certificate/\(uuid)/validation-details", .resello),
            ("GET", "/api/v2/certificates/\(id)", .qwilt),
            ("DELETE", "/api/v2/certificates/\(id)", .qwilt),
            ("GET", "/api/v2/certificate-templates/\(id)", .qwilt),
            ("DELETE", "/api/v2/certificate-templates/\(id)", .qwilt),
            ("GET", "/api/v2/certificate-signing-requests/\(id)", .qwilt),
            ("GET", "/api/v2/sites/\(id)", .qwilt),
            ("GET", "/api/v2/sites/\(id)/certificates", .qwilt),
        ]
    }

    @Test func `a path that is no call is declined by the dialect that it belongs to`()
        async throws
    {
        let rig = try await DialectRig()
        let paths: [(String, DialectShape)] = [
            ("/power", .entri), ("/providers", .entri), ("/ssl/x", .entri), ("/entri/x", .entri),
            ("/v2", .dnsimple), ("/v2/1/zones", .dnsimple), ("/dnsimple/v2/x", .dnsimple),
            ("/v1/domain", .autodns), ("/v1/sslcontact/1/x", .autodns), ("/autodns", .autodns),
            ("/ssl-certificate/a/b/c", .resello), ("/resello/x", .resello),
            ("/api", .qwilt), ("/api/v3/certificates", .qwilt), ("/qwilt/x", .qwilt),
        ]
        for (path, shape) in paths {
            let answer = try await rig.send("GET", path)
            #expect(answer.status == 404, "\(path)")
            #expect(shape.problem(with: answer) == nil, "\(path) \(answer.bodyText)")
        }
        for shape in DialectShape.allCases {
            let answer = try await rig.send("PATCH", shape.path)
            #expect(answer.status == 405)
            #expect(answer.field("Allow")?.isEmpty == false)
            #expect(shape.problem(with: answer) == nil)
        }
    }

    @Test func `no dialect answers whom it does not know, or who lacks a scope`() async throws {
        let rig = try await DialectRig()
        for shape in DialectShape.allCases {
            let unknown = try await rig.send("POST", shape.path, "{}", [])
            #expect(unknown.status == 401)
            #expect(shape.problem(with: unknown) == nil)
            let wrong = try await rig.send(
                rig.request("POST", shape.path, "{}", secret: "guessed-\(shape)"))
            #expect(wrong.status == 401)
            let reader = try await rig.send(
                "POST", shape.path, "{}", secret: DialectRig.readerSecret)
            #expect(reader.status == 403)
            #expect(shape.problem(with: reader) == nil)
        }
    }
}
