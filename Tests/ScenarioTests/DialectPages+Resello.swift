// SPDX-License-Identifier: Apache-2.0
import Foundation
import TestSupport
import Testing

extension Scenarios.DialectPages {
    /// Each line is declined as written, for EMAIL, and done with DNS: a certificate's life.
    func resello(_ shell: DialectShell) async throws {
        let id = try await order(shell)
        for name in ["", "/{id}/renew", "/{id}/reissue", "/{id}/validate"] {
            let declined = try await shell.send(
                "resello POST /ssl-certificate\(name)", [("{id}", id)])
            #expect(declined.status == 400, "\(name): \(declined)")
            #expect(declined.json["code"].string == "dcv_type_not_supported")
            #expect(
                declined.json["error"]["message"]["dcv_type"].array
                    == ["EMAIL validation is not available; use DNS or FILE"])
        }
        let one = try await active(shell, id)
        #expect(one["common_name"].string == "example.com")
        #expect(one["plan"]["id"].string == DialectShell.plan)
        #expect(one["client_reference"].string == "#123")
        #expect(one["approver_first_name"].string == "John")
        let list = try await shell.send("resello GET /ssl-certificate")
        #expect(list.json.array.map { $0["id"].string } == [id], "\(list)")
        let first = try await download("crt", of: id, shell)

        for call in ["renew", "reissue"] {
            let again = try await shell.send(
                "resello POST /ssl-certificate/{id}/\(call)", values(id))
            #expect(again.status == 200, "\(call): \(again) \(shell.lab.evidence)")
            #expect(again.json["id"].string == id)
            _ = try await active(shell, id)
        }
        #expect(try await download("crt", of: id, shell) != first)
        try await checkFiles(of: id, shell)

        let details = try await shell.send(
            "resello GET /ssl-certificate/{id}/validation-details", [("{{id}}", id)])
        #expect(details.json["status"].string == "active", "\(details)")
        let retried = try await shell.send(
            "resello POST /ssl-certificate/{id}/validate", values(id))
        // Nothing is left to be validated.
        #expect(retried.status == 409, "\(retried)")
        let deleted = try await shell.send("resello DELETE /ssl-certificate/{id}", values(id))
        #expect(deleted.status == 200, "\(deleted)")
        #expect(deleted.json["status"].string == "deleted")
        let gone = try await shell.send("resello GET /ssl-certificate/{id}", values(id))
        #expect(gone.status == 404)
    }

    private func values(_ id: String) -> [(String, String)] {
        [("{id}", id), ("\"EMAIL\"", "\"DNS\"")]
    }

    private func order(_ shell: DialectShell) async throws -> String {
        let ordered = try await shell.send(
            "resello POST /ssl-certificate", [("\"EMAIL\"", "\"DNS\"")])
        guard ordered.status == 201, let id = ordered.json["id"].string else {
            throw ScenarioError("not ordered: \(ordered)")
        }
        return id
    }

    private func active(_ shell: DialectShell, _ id: String) async throws -> JSON {
        var shown = JSON.null
        try await eventually("the certificate is active") {
            shown = try await shell.send("resello GET /ssl-certificate/{id}", values(id)).json
            return shown["status"].string == "active"
        }
        return shown
    }

    private func download(
        _ format: String, of id: String, _ shell: DialectShell
    ) async throws -> String {
        let line = try shell.text("resello GET /ssl-certificate/{id}/download")
        let answer = try await shell.send(
            "resello GET /ssl-certificate/{id}/download",
            [
                (line, line.trimmingCharacters(in: .newlines) + " > download.\(format)"),
                ("{{id}}", id), ("{{zip|pkcs7|crt|csr|ca}}", format),
            ])
        #expect(answer.status == 200, "\(format): \(answer)")
        #expect(answer.type == "application/octet-stream", "\(format): \(answer)")
        return
            (try? String(contentsOfFile: shell.lab.path("download.\(format)"), encoding: .utf8))
            ?? ""
    }

    /// OpenSSL and Python read what is handed out.
    private func checkFiles(of id: String, _ shell: DialectShell) async throws {
        for format in ["zip", "pkcs7", "crt", "csr", "ca"] {
            _ = try await download(format, of: id, shell)
        }
        let checks = [
            "openssl x509 -in download.crt -noout -checkhost example.com",
            "openssl req -in download.csr -noout -verify",
            "openssl x509 -in download.ca -noout -subject",
            "openssl pkcs7 -in download.pkcs7 -print_certs -noout",
            "python3 -m zipfile -t download.zip",
        ]
        for check in checks {
            let checked = try await shell.lab.run("sh", ["-c", check])
            #expect(checked.status == 0, "\(check): \(checked)")
            #expect(!checked.output.contains("NOT match"), "\(check): \(checked)")
        }
    }
}
