// SPDX-License-Identifier: Apache-2.0
import Foundation
import TestSupport
import Testing

extension Scenarios.DialectPages {
    /// The page's two ways that need no ACME: an upload, and the self managed signing request from step 1
    /// to the replacement of step 6, while visitors come.
    func qwilt(_ stage: Stage) async throws {
        let calls = QwiltCalls(stage.shell)
        let openssl = OpenSSL(stage.shell.lab)
        let authority = try await openssl.authority()
        let host = "cdn.customer.test"

        // Upload a certificate and private key, link, publish: served.
        let pair = try await openssl.issued("uploaded", names: [host], by: authority)
        let text = try [pair.certificate, authority.certificate, pair.key].map {
            QwiltCalls.encoded(try String(contentsOfFile: $0, encoding: .utf8))
        }
        let uploaded = try await calls.send(
            "Upload a Certificate and Private Key",
            [
                "certificate": text[0], "certificateChain": text[1], "privateKey": text[2],
                "description": "of the customer",
            ])
        let first = "\(uploaded["certId"].int ?? 0)"
        let site = try await calls.site(host)
        try await calls.link(first, to: site)
        try await calls.publish(site)
        #expect(try await calls.get("/api/v2/certificates/\(first)")["status"] == "ACTIVE")
        let visitors = stage.edge.client(roots: authority.certificate)
        let seen = try await visitors.visit(host)
        #expect(seen.status == 200, "\(seen) \(stage.shell.lab.evidence)")

        // Steps 1 to 5 of the self managed way, and step 6: unlinked, linked, republished.
        let load = try await visitors.start("handshakes", ["names": [.string(host)], "workers": 2])
        let made = try await calls.template([host, "www.customer.test"], isManaged: false)
        let second = try await calls.signed(made.request, by: authority)
        let refused = try await stage.shell.send(
            "qwilt Link a certificate to a site",
            [("[siteId]", site), ("[certificateId]", second.id)])
        #expect(refused.status == 400, "\(refused)")
        #expect(refused.json["message"].string?.contains("Only one certificate") == true)
        let unlinked = try await calls.send(
            "Unlink a certificate from a site", ["siteId": site, "certificateId": first])
        #expect(unlinked == [])
        try await calls.link(second.id, to: site)
        // What was published serves until the site is published again.
        #expect(try await visitors.visit(host).serial == seen.serial)
        try await calls.send("Republish a site", ["siteId": site])
        #expect(try await visitors.visit(host).serial == openssl.serial(of: second.leaf))
        #expect(try await calls.get("/api/v2/certificates/\(first)")["status"] == "ISSUED")

        // Another request of the same template: its result takes the link by itself.
        let third = try await calls.signed(try await calls.trigger(made.template), by: authority)
        let links = try await calls.get("/api/v2/sites/\(site)/certificates")
        #expect(links.array.map { $0["certificateId"].string } == [third.id])
        #expect(try await visitors.visit(host).serial == openssl.serial(of: third.leaf))
        let report = try await load.report()
        #expect(report["failures"] == [], "\(stage.shell.lab.evidence)")
        let template = try await calls.get("/api/v2/certificate-templates/\(made.template)")
        #expect(template["lastCertificateId"].int.map { "\($0)" } == third.id)
        let request = try await calls.signingRequest(made.request)
        #expect(request["certificateTemplateIdRef"].string == made.template)
    }
}
