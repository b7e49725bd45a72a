// SPDX-License-Identifier: Apache-2.0
@testable import Management
@testable import Provisioning
import Registry
import Testing

/// A certificate of Resello's before it is there.
@Suite struct ReselloTests {
    private func ordered(_ rig: DialectRig, _ name: String) async throws -> String {
        let body: JSONValue = [
            "csr": .string(try DialectRig.signingRequest(name)), "dcv_type": "DNS",
            "plan": .string(DialectRig.plan),
        ]
        let made = try await rig.send(
            "POST", "/ssl-certificate", String(decoding: body.text, as: UTF8.self))
        #expect(made.json["status"] == "pending", "\(made.bodyText)")
        return "/ssl-certificate/\(try #require(made.json["id"]?.stringValue))"
    }

    @Test func `what waits shows its CNAME and its request, and has nothing else to download`()
        async throws
    {
        let rig = try await DialectRig()
        let certificate = try await ordered(rig, "*.shop.test")
        var details = JSONValue.null
        try await until("the proof is waited for") {
            details = try await rig.send("GET", "\(certificate)/validation-details").json
            return details["domains"]?[0]?["error"]?.stringValue != nil
        }
        #expect(details["status"] == "pending")
        #expect(details["dcv_type"] == "DNS")
        let domain = details["domains"]?[0]
        #expect(domain?["domain"] == "*.shop.test")
        #expect(domain?["dns"]?["type"] == "CNAME")
        #expect(domain?["dns"]?["name"] == "_acme-challenge.shop.test")
        #expect(domain?["dns"]?["value"]?.stringValue?.hasSuffix(".acme.edge.test") == true)
        for download in ReselloDownload.allCases where download != .csr {
            let file = try await rig.send("GET", "\(certificate)/download-\(download.rawValue)")
            #expect(file.status == 409, "\(download) \(file.bodyText)")
            #expect(file.json["code"] == "certificate_pending")
            #expect(DialectShape.resello.problem(with: file) == nil)
        }
        let request = try await rig.send("GET", "\(certificate)/download-csr")
        #expect(request.bodyText.hasPrefix("-----BEGIN CERTIFICATE REQUEST-----"))
    }

    @Test func `a proof that failed is tried again by validate`() async throws {
        var configuration = Lifecycle.Configuration()
        configuration.delegationPatience = .zero
        let rig = try await DialectRig(configuration: configuration)
        let certificate = try await ordered(rig, "*.shop.test")
        try await status(rig, certificate, is: "failed")
        let details = try await rig.send("GET", "\(certificate)/validation-details").json
        #expect(details["status"] == "failed")
        #expect(details["error"]?.stringValue?.isEmpty == false)
        let pending = try await rig.send("GET", "\(certificate)/download-crt")
        #expect(pending.json["code"] == "certificate_pending", "\(pending.bodyText)")
        rig.check.delegate("shop.test")
        let other = try await rig.send(
            "POST", "\(certificate)/validate", #"{"dcv_type":"DNS","domain":"other.test"}"#)
        #expect(other.status == 400)
        let retried = try await rig.send(
            "POST", "\(certificate)/validate", #"{"dcv_type":"DNS","domain":"*.shop.test"}"#)
        #expect(retried.status == 200, "\(retried.bodyText)")
        try await status(rig, certificate, is: "active")
        let file = try await rig.send("GET", "\(certificate)/download-crt")
        #expect(file.bodyText.hasPrefix("-----BEGIN CERTIFICATE-----"))
    }

    private func status(
        _ rig: DialectRig, _ certificate: String, is status: String
    ) async throws {
        try await until("it is \(status)") {
            try await rig.send("GET", certificate).json["status"] == .string(status)
        }
    }
}
