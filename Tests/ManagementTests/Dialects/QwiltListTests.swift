// SPDX-License-Identifier: Apache-2.0
import Foundation
@testable import Management
@testable import Provisioning
import Registry
import Testing
import TLS

/// Lists that Qwilt's clients read once, attempts that failed, and what its Sites API is asked for.
@Suite struct QwiltListTests {
    private static let templates = "/api/v2/certificate-templates"

    /// Certificates that were uploaded, and a template behind them.
    private func fill(_ rig: DialectRig, uploads: Int) async throws {
        let caller = Caller(account: "main", actor: "test", requestID: "r")
        for start in stride(from: 0, through: uploads, by: 100) {
            try await rig.registry.change(by: caller) { draft in
                for index in start..<min(start + 100, uploads + 1) {
                    let name = try #require(CertificateName("n\(index).shop.test"))
                    var certificate = ManagedCertificate(
                        number: try await draft.nextNumber(), account: "main", names: [name],
                        keyKind: .p256, keySource: index < uploads ? .upload : .edge,
                        issuer: .configured, activation: .sites, renewsItself: false,
                        at: draft.now)
                    certificate.clientReference = "many"
                    certificate = draft.put(certificate)
                    draft.put(
                        CertificateVersion(
                            number: try await draft.nextNumber(), account: "main",
                            certificate: certificate.number, issuance: nil, state: .issued,
                            source: .upload, names: [name], at: draft.now))
                }
            }
        }
    }

    @Test func `a list has all there is, and a template behind 500 uploads`() async throws {
        let rig = try await DialectRig()
        try await fill(rig, uploads: 501)
        let templates = try await rig.send("GET", Self.templates)
        #expect(templates.json.arrayValue?.map { $0["commonName"] } == ["n501.shop.test"])
        #expect(templates.field("Link") == nil)
        let certificates = try await rig.send("GET", "/api/v2/certificates?detailed=true")
        let ids = certificates.json.arrayValue?.compactMap { $0["certId"]?.integerValue } ?? []
        #expect(ids.count == 502 && Set(ids).count == 502)
        #expect(ids == ids.sorted())
        let resello = try await rig.send("GET", "/ssl-certificate")
        #expect(resello.json.arrayValue?.count == 502)
        #expect(resello.field("Link") == nil)
        let page = try await rig.send("GET", "/ssl-certificate?page=2")
        #expect(page.json.arrayValue?.count == 2)
    }

    @Test func `what is beyond the bytes of one list begins where its link says`() async throws {
        let rig = try await DialectRig()
        try await fill(rig, uploads: 250)
        var services = rig.services
        services.listBytesMax = 1_000
        for (dialect, root) in [
            (QwiltDialect(services) as any ManagementDialect, "/api/v2/certificates?detailed=true"),
            (ReselloDialect(services), "/ssl-certificate?client_reference=many"),
        ] {
            var (path, pages, count) = (root, 0, 0)
            while true {
                let answer = await dialect.respond(to: rig.request("GET", path))
                let part = answer.json.arrayValue?.count ?? 0
                #expect(part <= 100)
                (pages, count) = (pages + 1, count + part)
                guard let link = answer.field("Link") else { break }
                #expect(link.hasSuffix(">; rel=\"next\""))
                path = String(link.dropFirst().prefix { $0 != ">" })
                #expect(path.contains(root.split(separator: "?")[1]))
            }
            #expect(count == 251)
            #expect(pages == 3)
        }
    }

    @Test func `after a missing delegation another signing request can be had`() async throws {
        var configuration = Lifecycle.Configuration()
        configuration.delegationPatience = .zero
        let rig = try await DialectRig(configuration: configuration)
        let made = try await rig.send(
            "POST", Self.templates,
            #"{"commonName":"*.shop.test","autoManagedCertificateTemplate":true}"#)
        let template = try #require(made.json["certificateTemplateId"]?.integerValue)
        let first = try #require(made.json["csrIds"]?[0]?.integerValue)
        try await signing(rig, first, is: "CHALLENGE_DELEGATION_FAILURE")
        rig.check.delegate("shop.test")
        let requests = "\(Self.templates)/\(template)/certificate-signing-requests"
        let triggered = try await rig.send("POST", requests)
        #expect(triggered.status == 201, "\(triggered.bodyText)")
        let second = try #require(triggered.json["csrId"]?.integerValue)
        #expect(second != first)
        #expect(triggered.json["certificateTemplateIdRef"] == .string("\(template)"))
        try await signing(rig, second, is: "NOTIFIED_SITES")
        // And of one that is there: a renewal.
        let renewal = try await rig.send("POST", requests)
        let third = try #require(renewal.json["csrId"]?.integerValue)
        try await signing(rig, third, is: "NOTIFIED_SITES")
        let shown = try await rig.send("GET", "\(Self.templates)/\(template)").json
        #expect(shown["csrIds"] == [.integer(first), .integer(second), .integer(third)])
        let others = try await rig.send(
            "POST", requests, secret: DialectRig.strangerSecret)
        #expect(others.status == 404)
        #expect(try await rig.send("POST", requests, #"{"surplus":1}"#).status == 400)
    }

    @Test func `one that waits is looked at again, and is no other one`() async throws {
        let rig = try await DialectRig()
        let made = try await rig.send(
            "POST", Self.templates,
            #"{"commonName":"*.shop.test","autoManagedCertificateTemplate":true}"#)
        let template = try #require(made.json["certificateTemplateId"]?.integerValue)
        let request = try #require(made.json["csrIds"]?[0]?.integerValue)
        try await signing(rig, request, is: "PENDING_CHALLENGE_DELEGATION")
        rig.check.delegate("shop.test")
        let again = try await rig.send(
            "POST", "\(Self.templates)/\(template)/certificate-signing-requests")
        #expect(again.json["csrId"] == .integer(request), "\(again.bodyText)")
        // Sooner than it would be looked for without being asked.
        try await signing(rig, request, is: "NOTIFIED_SITES")
    }

    private func signing(_ rig: DialectRig, _ request: Int, is state: String) async throws {
        try await until("signing request \(request) is \(state)") {
            try await rig.send(
                "GET", "/api/v2/certificate-signing-requests/\(request)"
            ).json["signingState"] == .string(state)
        }
    }

    @Test func `without a challenge zone no customer is told to point anywhere`() async throws {
        let rig = try await DialectRig(zone: nil)
        let made = try await rig.send(
            "POST", Self.templates,
            #"{"commonName":"www.shop.test","autoManagedCertificateTemplate":true}"#)
        let request = try #require(made.json["csrIds"]?[0]?.integerValue, "\(made.bodyText)")
        let shown = try await rig.send("GET", "/api/v2/certificate-signing-requests/\(request)")
        #expect(shown.json["challengeDelegationOfDomainsList"] == [])
    }

    @Test func `a template takes a hundred names beside its common name`() async throws {
        let rig = try await DialectRig()
        func create(_ count: Int) async throws -> ManagementResponse {
            let body: JSONValue = [
                "commonName": "shop.test", "autoManagedCertificateTemplate": false,
                "sans": .array((0..<count).map { .string("n\($0).shop.test") }),
            ]
            return try await rig.send(
                "POST", Self.templates, String(decoding: body.text, as: UTF8.self))
        }
        let whole = try await create(100)
        #expect(whole.status == 201, "\(whole.bodyText)")
        #expect(whole.json["sans"]?.arrayValue?.count == 100)
        let surplus = try await create(101)
        #expect(surplus.status == 400)
        #expect(DialectShape.qwilt.names("sans", in: surplus))
    }

    @Test func `a site's publishing operations are shown as they are asked for`() async throws {
        let rig = try await DialectRig()
        let made = try await rig.send("POST", "/api/v2/sites", #"{"siteName":"shop"}"#)
        let site = try #require(made.json["siteId"]?.stringValue)
        let path = "/api/v2/sites/\(site)"
        _ = try await rig.send(
            "POST", "/api/1/sites/\(site)/configurations",
            #"{"hostIndex":{"hosts":[{"host":"www.shop.test"}]}}"#)
        let published = try await rig.send(
            "POST", "\(path)/publishing-operations", #"{"revisionId":"1","target":"ga"}"#)
        let id = try #require(published.json["publishId"]?.stringValue, "\(published.bodyText)")
        let operation = try await rig.send("GET", "\(path)/publishing-operations/\(id)")
        #expect(operation.json["publishAcceptanceStatus"] == "Accepted")
        let all = try await rig.send("GET", "\(path)/publishing-operations")
        #expect(all.json.arrayValue?.count == 1)
        let cancel = try await rig.send(
            "POST", "\(path)/publishing-operations/\(id)/actions/cancel")
        #expect(cancel.status == 400)
        func last(_ query: String) async throws -> JSONValue? {
            let one = try await rig.send("GET", "\(path)?\(query)").json
            #expect(try await rig.send("GET", "/api/v2/sites?\(query)").json == [one])
            return one["activeAndLastPublishingOperation"]?["last"]
        }
        #expect(try await last("")?["publishId"] == .string(id))
        #expect(try await last("publishTarget=ga&includePublishDetails=true") == operation.json)
        #expect(try await last("publishTarget=staging") == .null)
        #expect(try await last("includePublishDetails=false") == .null)
        for query in ["publishTarget=x", "includePublishDetails=1"] {
            #expect(try await rig.send("GET", "\(path)?\(query)").status == 400, "\(query)")
        }
        let renamed = try await rig.send("PUT", path, #"{"siteName":"other"}"#)
        #expect(renamed.json["siteName"] == "other")
        for query in ["permanent=false", "permanent=x"] {
            let kept = try await rig.send("DELETE", "\(path)?\(query)")
            #expect(kept.status == 400 && DialectShape.qwilt.names("permanent", in: kept))
        }
        #expect(try await rig.send("DELETE", "\(path)?permanent=true").status == 200)
        #expect(try await rig.send("GET", path).status == 404)
    }

    @Test func `an upload is replaced under its number, as clients send it`() async throws {
        let rig = try await DialectRig()
        let authority = try OutsideAuthority()
        func body() throws -> (text: String, leaf: String) {
            let key = try PrivateKey.generate(.p256)
            let name = try #require(CertificateName("a.shop.test"))
            let der = try CertificateRequest.der(names: [name], key: key)
            let request = String(decoding: try CertificateRequest.pem(der: der), as: UTF8.self)
            let signed = try authority.sign(request).standard
            let value: JSONValue = [
                "certificate": .string(signed.leaf), "certificateChain": .string(signed.chain),
                "privateKey": .string(Data(try key.pem).base64EncodedString()),
            ]
            return (String(decoding: value.text, as: UTF8.self), signed.leaf)
        }
        let first = try body()
        let made = try await rig.send("POST", "/api/v2/certificates", first.text)
        let id = try #require(made.json["certId"]?.integerValue, "\(made.bodyText)")
        let second = try body()
        let replaced = try await rig.send("PUT", "/api/v2/certificates/\(id)", second.text)
        #expect(replaced.status == 200, "\(replaced.bodyText)")
        #expect(replaced.json["certId"] == .integer(id))
        #expect(replaced.json["certificate"] == .string(second.leaf))
        let listed = try await rig.send("GET", "/api/v2/certificates").json
        #expect(listed == [replaced.json])
        let deleted = try await rig.send("DELETE", "/api/v2/certificates/\(id)")
        #expect(deleted.status == 200)
        #expect(try await rig.send("GET", "/api/v2/certificates").json == [])
    }
}
