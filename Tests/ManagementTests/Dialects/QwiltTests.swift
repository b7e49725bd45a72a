// SPDX-License-Identifier: Apache-2.0
import Foundation
@testable import Management
import Registry
import Testing
import TLS

/// What Qwilt's clients, which are strict about statuses and types, rely on.
@Suite struct QwiltTests {
    @Test func `a template that its owner manages: signed elsewhere, uploaded, linked, published`()
        async throws
    {
        let rig = try await DialectRig()
        var statuses: [Int] = []
        func call(
            _ method: String, _ path: String, _ body: JSONValue? = nil
        ) async throws
            -> JSONValue
        {
            // Its own client doubles the slash.
            let text = body.map { String(decoding: $0.text, as: UTF8.self) } ?? ""
            let answer = try await rig.send(method, "/" + path, text)
            statuses.append(answer.status)
            return answer.json
        }
        let template = try await call(
            "POST", "/api/v2/certificate-templates",
            [
                "commonName": "cdn.shop.test", "sans": ["www.shop.test"], "country": "",
                "organizationName": "Shop", "keyType": "",
                "autoManagedCertificateTemplate": false,
            ])
        let csr = try #require(template["csrIds"]?[0]?.integerValue)
        #expect(template["lastCertificateId"] == .null)
        #expect(template["organizationName"] == "Shop")
        let request = try await rig.send(
            "GET", "//api/v2/certificate-signing-requests/\(csr)/pem")
        #expect(
            try await rig.send(
                "GET", "/api/v2/certificate-signing-requests/\(csr)/download"
            ).body == request.body)
        #expect(
            try await rig.send(
                "GET", "/api/v2/certificate-signing-requests/\(csr)", "",
                [("X-API-KEY", DialectRig.secret), ("Accept", "application/x-pem-file")]
            ).body == request.body)

        let authority = try OutsideAuthority()
        let signed = try authority.sign(request.bodyText)
        let encoded = signed.urlSafe
        let uploaded = try await call(
            "POST", "/api/v2/certificates",
            [
                "certificate": .string(encoded.leaf), "certificateChain": .string(encoded.chain),
                "csrId": .integer(csr), "description": "outside", "email": "ops@shop.test",
                "expiryNotify": [14],
            ])
        let id = try #require(uploaded["certId"]?.integerValue, "\(uploaded)")
        let shown = try await call("GET", "/api/v2/certificates/\(id)?detailed=true")
        #expect(shown["certificate"] == .string(encoded.leaf))
        #expect(shown["certificateChain"] == .string(encoded.chain))
        #expect(shown["csrId"] == .string("\(csr)"))
        #expect(shown["privateKey"] == nil)

        let site = try await call("POST", "/api/v2/sites", ["siteName": "shop"])
        let siteID = try #require(site["siteId"]?.stringValue)
        let revision = try await call(
            "POST", "/api/1/sites/\(siteID)/configurations",
            [
                "hostIndex": ["hosts": [["host": "cdn.shop.test", "anything": [1, 2]]]],
                "changeDescription": "first",
            ])
        #expect(revision["hostIndex"]?["hosts"]?[0]?["anything"] == [1, 2])
        let path = "/api/v2/sites/\(siteID)/certificates"
        for unfit in ["{}", #"{"certificateId":true}"#, #"{"certificateId":"x"}"#] {
            #expect(try await rig.send("POST", path, unfit).status == 400, "\(unfit)")
        }
        // Its page has a text there, its certificates' own member is a number.
        let link = try await call("POST", path, ["certificateId": .integer(id)])
        #expect(link[0]?["certificateId"] == .string("\(id)"), "\(link)")
        #expect(try await call("POST", path, ["certificateId": .string("\(id)")]) == link)
        #expect(try await call("GET", path) == link)
        let operation = try await call(
            "POST", "/api/v2/sites/\(siteID)/publishing-operations",
            ["revisionId": revision["revisionId"] ?? .null, "target": "ga"])
        #expect(operation["publishAcceptanceStatus"] == "Accepted", "\(operation)")
        #expect(operation["isActive"] == true)
        #expect(
            try await call("GET", "/api/v2/certificates/\(id)")["status"] == "ACTIVE")
        _ = try await call(
            "POST", "/api/v2/sites/\(siteID)/publishing-operations/actions/republish",
            ["target": "ga"])
        _ = try await call(
            "POST", "/api/v2/sites/\(siteID)/publishing-operations/actions/un-publish",
            ["target": "ga"])
        #expect(try await call("DELETE", "\(path)/\(id)") == [])
        _ = try await call("DELETE", "/api/v2/sites/\(siteID)?permanent=true")
        // Its clients take every other status for a failure.
        #expect(statuses.allSatisfy { $0 == 200 || $0 == 201 }, "\(statuses)")
    }

    @Test func `a managed template takes no organization and waits with a CNAME to be set`()
        async throws
    {
        let rig = try await DialectRig()
        let declined = try await rig.send(
            "POST", "/api/v2/certificate-templates",
            #"{"commonName":"a.shop.test","organizationName":"Shop","autoManagedCertificateTemplate":true}"#
        )
        #expect(declined.status == 400)
        #expect(
            declined.json["message"]?.stringValue?.contains("not supported for managed templates")
                == true)
        let made = try await rig.send(
            "POST", "/api/v2/certificate-templates",
            #"{"commonName":"*.shop.test","autoManagedCertificateTemplate":true}"#)
        #expect(made.status == 201, "\(made.bodyText)")
        let csr = try #require(made.json["csrIds"]?[0]?.integerValue)
        try await until("it waits for the delegation") {
            let shown = try await rig.send(
                "GET", "/api/v2/certificate-signing-requests/\(csr)"
            ).json
            return shown["signingState"] == "PENDING_CHALLENGE_DELEGATION"
        }
        let shown = try await rig.send(
            "GET", "/api/v2/certificate-signing-requests/\(csr)"
        ).json
        let delegation = shown["challengeDelegationOfDomainsList"]?[0]
        #expect(delegation?["fromDomain"] == "_acme-challenge.shop.test")
        #expect(delegation?["toDomain"]?.stringValue?.hasSuffix(".acme.edge.test") == true)
        #expect(shown["autoManagedCsr"] == true)
        #expect(shown["certificateTemplateIdRef"]?.stringValue != nil)
    }

    @Test func `an unfit upload names what is wrong, in either alphabet`() async throws {
        let rig = try await DialectRig()
        let before = try await rig.eventCount()
        let authority = try OutsideAuthority()
        let signed = try authority.sign(try DialectRig.signingRequest("a.shop.test"))
        let otherKey = try String(decoding: PrivateKey.generate(.p256).pem, as: UTF8.self)
        let pairs: [(String, JSONValue)] = [
            ("privateKey", ["certificate": .string(signed.standard.leaf)]),
            (
                "privateKey",
                [
                    "certificate": .string(signed.standard.leaf),
                    "certificateChain": .string(signed.standard.chain),
                    "privateKey": .string(Data(otherKey.utf8).base64EncodedString()),
                ]
            ),
            ("certificate", ["certificate": "!!!", "csrId": 7]),
            ("certificate", ["certificate": "aGVsbG8=", "csrId": 7]),
            ("csrId", ["certificate": .string(signed.urlSafe.leaf), "csrId": -1]),
            (
                "expiryNotify",
                [
                    "certificate": .string(signed.urlSafe.leaf), "csrId": 7, "expiryNotify": [0],
                ]
            ),
        ]
        for (field, body) in pairs {
            let answer = try await rig.send(
                "POST", "/api/v2/certificates", String(decoding: body.text, as: UTF8.self))
            #expect(answer.status == 400, "\(field) \(answer.bodyText)")
            #expect(DialectShape.qwilt.problem(with: answer) == nil)
            #expect(DialectShape.qwilt.names(field, in: answer), "\(answer.bodyText)")
        }
        #expect(try await rig.eventCount() == before)
    }

    @Test func `a login answers 302 with a cookie and without a place to go`() async throws {
        let rig = try await DialectRig()
        let pair = Data("app:\(DialectRig.secret)".utf8).base64EncodedString()
        let login = try await rig.send("GET", "/login", "", [("Authorization", "Basic \(pair)")])
        #expect(login.status == 302)
        #expect(login.field("Location") == nil)
        let cookie = try #require(login.field("Set-Cookie"))
        #expect(cookie.contains("HttpOnly") && cookie.contains("Secure"))
        let parts = try #require(cookie.split(separator: ";").first).split(
            separator: "=", maxSplits: 1)
        let token = String(parts[1])
        let ways: [[(String, String)]] = [
            [("X-API-KEY", DialectRig.secret)],
            [("Authorization", "X-API-KEY \(DialectRig.secret)")],
            [("Authorization", "Bearer \(token)")], [("Authorization", "BEARER \(token)")],
            [("Cookie", "other=1; cqloudLoginToken=\(token)")],
        ]
        for fields in ways {
            let answer = try await rig.send("GET", "/api/v2/certificates", "", fields)
            #expect(answer.status == 200, "\(fields)")
            #expect(answer.json == [])
        }
    }
}

/// A CA of a customer's choice.
struct OutsideAuthority {
    private let authority: CertificateAuthority

    init() throws {
        authority = try CertificateAuthority.create(
            commonName: "Outside", validity: Date() - 3600..<Date() + 86_400)
    }

    struct Signed {
        let leaf: String
        let chain: String

        var standard: (leaf: String, chain: String) { (encode(leaf), encode(chain)) }
        var urlSafe: (leaf: String, chain: String) { (safe(leaf), safe(chain)) }

        private func encode(_ text: String) -> String { Data(text.utf8).base64EncodedString() }

        private func safe(_ text: String) -> String {
            encode(text).replacing("+", with: "-").replacing("/", with: "_")
        }
    }

    func sign(_ request: String) throws -> Signed {
        let chain = try authority.issue(
            try CertificateRequest(pem: Array(request.utf8)),
            validity: Date() - 60..<Date() + 3600)
        return Signed(
            leaf: String(decoding: try chain.leaf.pem, as: UTF8.self),
            chain: String(decoding: try authority.certificate.pem, as: UTF8.self))
    }
}
