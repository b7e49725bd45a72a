// SPDX-License-Identifier: Apache-2.0
import Foundation
import TestSupport
import Testing

/// The lines of Qwilt's page, by what they do, through real curl.
struct QwiltCalls: Sendable {
    let shell: DialectShell

    init(_ shell: DialectShell) {
        self.shell = shell
    }

    /// A line of the table. Qwilt's own client takes every status but these two for a failure.
    @discardableResult
    func send(_ line: String, _ values: [String: String] = [:]) async throws -> JSON {
        let answer = try await shell.send(
            "qwilt \(line)", values.map { ("[\($0.key)]", $0.value) })
        #expect([200, 201].contains(answer.status), "\(line): \(answer)")
        return answer.json
    }

    /// A template, and its first signing request.
    func template(
        _ names: [String], isManaged: Bool
    ) async throws -> (template: String, request: String) {
        let made = try await send(
            "Create a Certificate Template",
            [
                "commonName": names[0], "alternativeName": names[1],
                "true|false": "\(isManaged)",
            ])
        #expect(made["autoManagedCertificateTemplate"] == .bool(isManaged))
        #expect(made["lastCertificateId"] == .null)
        return (
            "\(made["certificateTemplateId"].int ?? 0)",
            "\(made["csrIds"].array.last?.int ?? 0)"
        )
    }

    func signingRequest(_ request: String) async throws -> JSON {
        try await send("Get a signing request", ["csrId": request])
    }

    /// Another one for the same template.
    func trigger(_ template: String) async throws -> String {
        let made = try await send("Trigger a new CSR", ["certificateTemplateId": template])
        return "\(made["csrId"].int ?? 0)"
    }

    /// Has an outside CA sign what is asked for, and uploads that; the certificate's number, and the leaf.
    func signed(
        _ request: String, by authority: OpenSSL.Pair
    ) async throws -> (id: String, leaf: String) {
        let answer = try await shell.send(
            "qwilt Download a PEM encoded signing request", [("[csrId]", request)])
        #expect(answer.status == 200 && answer.type == "application/x-pem-file", "\(answer)")
        let leaf = try await OpenSSL(shell.lab).signed(answer.text, by: authority)
        let uploaded = try await send(
            "Upload a Certificate and csrId",
            [
                "certificate": Self.encoded(leaf),
                "certificateChain": Self.encoded(
                    try String(contentsOfFile: authority.certificate, encoding: .utf8)),
                "csrId": request,
            ])
        #expect(uploaded["csrId"].string == request)
        #expect(uploaded["certificate"].string == Self.encoded(leaf))
        return ("\(uploaded["certId"].int ?? 0)", leaf)
    }

    /// A site with one host.
    func site(_ host: String) async throws -> String {
        let made = try await send("Create a site", ["siteName": "site of \(host)"])
        let site = made["siteId"].string ?? ""
        let revision = try await send(
            "Configure a site", ["siteId": site, "host": host, "description": "its host"])
        #expect(revision["revisionId"].string == "1", "\(revision)")
        return site
    }

    func link(_ certificate: String, to site: String) async throws {
        let links = try await send(
            "Link a certificate to a site", ["certificateId": certificate, "siteId": site])
        #expect(links.array.map { $0["certificateId"].string } == [certificate])
    }

    func publish(_ site: String) async throws {
        let made = try await send("Publish a site", ["siteId": site, "revisionId": "1"])
        #expect(made["publishAcceptanceStatus"].string == "Accepted", "\(made)")
    }

    /// A call that the page has no name for.
    func get(_ path: String) async throws -> JSON {
        let answer = try await shell.call(
            "GET", path, nil, ["Authorization: X-API-KEY \(DialectShell.secret)"])
        #expect(answer.status == 200, "\(path): \(answer)")
        return answer.json
    }

    static func encoded(_ pem: String) -> String { Data(pem.utf8).base64EncodedString() }
}
