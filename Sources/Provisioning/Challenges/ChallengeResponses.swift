// SPDX-License-Identifier: Apache-2.0
import ACME
package import TLS

/// What CAs that look at us are shown. Part of the published state.
package struct ChallengeResponses: Sendable {
    private var credentials: [ServerName: (digest: [UInt8], credential: Credential)] = [:]
    private var tokens: [String: (name: ServerName, keyAuthorization: String)] = [:]

    package init() {}

    package var count: Int { credentials.count + tokens.count }

    /// The certificate for a handshake that offers `acme-tls/1` (RFC 8737 §3).
    package func credential(for name: ServerName) -> Credential? {
        credentials[name]?.credential
    }

    /// The body for a request of that token at that host (RFC 8555 §8.3).
    package func keyAuthorization(token: String, host: ServerName) -> String? {
        guard let entry = tokens[token], entry.name == host else { return nil }
        return entry.keyAuthorization
    }

    mutating func addCredential(_ credential: Credential, for name: ServerName, digest: [UInt8]) {
        credentials[name] = (digest, credential)
    }

    mutating func addToken(_ token: String, for name: ServerName, keyAuthorization: String) {
        tokens[token] = (name, keyAuthorization)
    }

    /// Removes a response, unless a later one has taken its place.
    mutating func remove(_ response: ChallengeResponse) {
        switch response {
        case .dns01: break
        case .http01(_, let token, _): tokens[token] = nil
        case .tlsALPN01(let name, let digest):
            if credentials[name]?.digest == digest { credentials[name] = nil }
        }
    }
}
