// SPDX-License-Identifier: Apache-2.0
package import HTTP
package import TLS

/// `on_demand.ask`: a URL of the operator's application that says which names may be served.
///
/// As with Caddy: GET with `domain=` added to the query; any 2xx allows, everything else denies,
/// redirects included.
package struct AskEndpoint: NamePermission {
    /// Bytes of a denial's body that the log gets.
    package static let excerptBytesMax = 256

    private let url: HTTPURL
    private let client: HTTPClient
    private let deadline: Duration

    /// Bytes of an answer that are read at all.
    private static let bodyBytesMax = 65_536

    /// `client` is on the control loop; `deadline` is for the whole answer.
    package init(url: HTTPURL, client: HTTPClient, deadline: Duration = .seconds(10)) {
        self.url = url
        self.client = client
        self.deadline = deadline
    }

    package func mayServe(_ name: ServerName) async -> PermissionAnswer {
        let request = ClientRequest(url: url.appending(query: "domain", value: name.text))
        do {
            let response = try await client.send(
                request, deadline: deadline, maxBody: Self.bodyBytesMax)
            guard !(200...299).contains(response.status) else { return .allowed }
            return .denied(words(response))
        } catch {
            return .unanswered("\(url): \(error)")
        }
    }

    private func words(_ response: ClientResponse) -> String {
        let answer = "\(url) answered \(response.status)"
        let excerpt = String(decoding: response.body.prefix(Self.excerptBytesMax), as: UTF8.self)
            .split(whereSeparator: \.isNewline).joined(separator: " ")
        return excerpt.isEmpty ? answer : "\(answer): \(excerpt)"
    }
}
