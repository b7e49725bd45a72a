// SPDX-License-Identifier: Apache-2.0
import Foundation
import TestSupport
import Testing

extension Scenarios.DialectPages {
    /// The page's process: prepared, ordered, told of, renewed, confirmed, inquired.
    func autodns(_ shell: DialectShell) async throws {
        let request = Self.request
        let order = JSON.object([
            "plain": .string(request), "product": "QUICKSSL_PREMIUM",
            "authentication": ["method": "DNS"],
        ])
        let prepared = try await task(shell, "CertificatePrepareOrder", order)
        #expect(prepared["data"].array.first?["name"].string == "example.com")
        #expect(prepared["data"].array.first?["keySize"].int == 2048)
        let created = try await call(
            shell, "POST", "/certificate",
            [
                "csr": .string(request), "product": "QUICKSSL_PREMIUM",
                "lifetime": ["unit": "MONTH", "period": 12],
            ])
        #expect(created["status"]["code"].string == "N400101", "\(created)")
        let first = try await polled(shell, of: created)
        let id = "\(first["object"]["data"]["id"].int ?? 0)"
        let renewed = try await task(shell, "CertificateRenew", [:], id)
        let second = try await polled(shell, of: renewed)
        #expect(second["job"]["action"].string == "renew", "\(second)")
        let known = try await task(shell, "CertificateInfo", nil, id)
        #expect(known["data"].array.first?["name"].string == "example.com")
        let pem = known["data"].array.first?["server"].string ?? ""
        #expect(pem.hasPrefix("-----BEGIN CERTIFICATE-----"), "\(known)")
        let deleted = try await call(shell, "DELETE", "/certificate/\(id)", nil)
        #expect(deleted["status"]["code"].string == "S400103")
    }

    /// The certification request of Resello's page.
    private static var request: String {
        let text = DialectLines.all["resello POST /ssl-certificate"] ?? ""
        let start = text.range(of: "-----BEGIN")?.lowerBound ?? text.startIndex
        let end = text.range(of: "-----END CERTIFICATE REQUEST-----")?.upperBound
        return text[start..<(end ?? text.endIndex)].replacingOccurrences(of: "\\n", with: "\n")
    }

    /// A route of the page's table: `CertificateRenew | 400106 | PUT /certificate/$id/_renew |`.
    private func task(
        _ shell: DialectShell, _ name: String, _ body: JSON?, _ id: String = ""
    ) async throws -> JSON {
        let columns = try shell.text("autodns \(name)").split(separator: "|")
            .map { $0.trimmingCharacters(in: .whitespacesAndNewlines) }
        let route = columns[2].split(separator: " ").map(String.init)
        let path = route[1].replacingOccurrences(of: "$id", with: id)
        let answer = try await call(shell, route[0], path, body)
        let code = answer["status"]["code"].string ?? ""
        #expect(["S", "N"].contains(code.prefix(1)) && code.dropFirst() == columns[1], "\(answer)")
        return answer
    }

    private func call(
        _ shell: DialectShell, _ method: String, _ path: String, _ body: JSON?
    ) async throws -> JSON {
        let pair = Data("\(DialectShell.client):\(DialectShell.secret)".utf8)
        let answer = try await shell.call(
            method, "/v1\(path)", body?.text,
            [
                "Authorization: Basic \(pair.base64EncodedString())", "X-Domainrobot-Context: 4",
            ])
        #expect(answer.status == 200, "\(method) \(path): \(answer)")
        #expect(answer.json["stid"].string?.isEmpty == false)
        return answer.json
    }

    /// The message about what was begun by a call, confirmed, and all before it: others have made
    /// certificates on this edge.
    private func polled(_ shell: DialectShell, of begun: JSON) async throws -> JSON {
        var message = JSON.null
        try await eventually("a message tells of the job") {
            message = try await task(shell, "PollInfo", nil)["data"].array.first ?? .null
            guard let id = message["id"].int else { return false }
            let confirmed = try await task(shell, "PollConfirm", [:], "\(id)")
            #expect(confirmed["object"]["value"].string == "\(id)")
            return message["job"]["id"] == begun["data"].array.first?["id"]
        }
        #expect(message["job"]["status"].string == "SUCCESS", "\(message)")
        #expect(message["stid"] == begun["stid"])
        return message
    }
}
