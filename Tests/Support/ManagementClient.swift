// SPDX-License-Identifier: Apache-2.0
import Foundation

/// A client of the management API, as a SaaS's own backend is one.
package struct ManagementClient: Sendable {
    /// `http://127.0.0.1:8081`, without a path.
    package let base: String
    private let lab: Lab
    private let authorization: String

    package init(
        _ lab: Lab, port: UInt16, id: String = "app", secret: String = "app-secret"
    ) {
        self.lab = lab
        base = "http://127.0.0.1:\(port)"
        let pair = Data("\(id):\(secret)".utf8).base64EncodedString()
        authorization = "Basic \(pair)"
    }

    /// `management` of a configuration in which this client is known.
    package static func configuration(
        port: UInt16, id: String = "app", secret: String = "app-secret"
    ) -> JSON {
        [
            "listen": "127.0.0.1:\(port)",
            "clients": [["application_id": .string(id), "client_secret": .string(secret)]],
            "webhooks": ["allow": ["127.0.0.0/8"]],
        ]
    }

    /// Sends a request of the native API; the status and the answer. Throws when there is none.
    package func send(
        _ method: String, _ path: String, _ body: JSON? = nil
    ) async throws -> (status: Int, body: JSON) {
        let (status, text) = try await exchange(method, path, body)
        return (status, (try? JSON(parsing: text)) ?? .null)
    }

    /// The same for a call that has to succeed.
    @discardableResult
    package func call(_ method: String, _ path: String, _ body: JSON? = nil) async throws -> JSON {
        let text = try await text(method, path, body)
        return (try? JSON(parsing: text)) ?? .null
    }

    /// The same for what is no JSON.
    package func text(
        _ method: String, _ path: String, _ body: JSON? = nil
    ) async throws -> String {
        let (status, text) = try await exchange(method, path, body)
        guard (200..<300).contains(status) else {
            throw ScenarioError("\(method) \(path): \(status) \(text)")
        }
        return text
    }

    private func exchange(
        _ method: String, _ path: String, _ body: JSON?
    ) async throws -> (status: Int, text: String) {
        var fields = ["Authorization: \(authorization)"]
        if body != nil { fields.append("Content-Type: application/json") }
        let answer = try await lab.exchange(
            method, "\(base)/edge/v1\(path)", fields, body: body?.text)
        return (answer.status, answer.body)
    }

    /// All elements of a list, by as many requests as it takes.
    package func all(_ path: String) async throws -> [JSON] {
        var elements: [JSON] = []
        var after = ""
        repeat {
            let answer = try await send("GET", "\(path)?limit=500\(after)")
            guard answer.status == 200 else {
                throw ScenarioError("GET \(path): \(answer.status) \(answer.body.text)")
            }
            elements += answer.body["data"].array
            after = answer.body["next"].string.map { "&after=\($0)" } ?? ""
        } while !after.isEmpty
        return elements
    }
}
