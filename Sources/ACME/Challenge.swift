// SPDX-License-Identifier: Apache-2.0
package import TLS

/// One way the CA offers for proving control over an identifier (RFC 8555 §7.1.5, §8).
package struct Challenge: Decodable, Sendable {
    package enum Status: String, Decodable, Sendable {
        case pending, processing, valid, invalid
    }

    /// As the CA spells it; `ChallengeType` for those we know.
    package let type: String
    package let url: ResourceURL
    package let status: Status
    /// Absent in challenge types that we do not know.
    package let token: String?
    /// Why validation failed.
    package let error: Problem?

    /// The key authorization of `token` for the account's key: what we answer with (RFC 8555 §8.1).
    ///
    /// Nil when the token has characters outside base64url, which it must not: it becomes a path.
    package static func keyAuthorization(
        token: String, key: PrivateKey
    ) throws(TLSError) -> String? {
        guard !token.isEmpty, token.utf8.count <= 512, token.utf8.allSatisfy(Base64URL.isDigit)
        else { return nil }
        return "\(token).\(Base64URL.encode(try key.thumbprint()))"
    }
}

/// What has to be shown to the CA until it has looked.
package enum ChallengeResponse: Hashable, Sendable {
    /// The TXT record at `_acme-challenge.<name>`.
    case dns01(name: ServerName, record: String)
    /// The body at `http://<name>/.well-known/acme-challenge/<token>`.
    case http01(name: ServerName, token: String, keyAuthorization: String)
    /// SHA-256 of the key authorization, for the certificate's extension.
    case tlsALPN01(name: ServerName, digest: [UInt8])

    init(_ type: ChallengeType, name: ServerName, token: String, keyAuthorization: String) {
        let digest = Digest.sha256(Array(keyAuthorization.utf8))
        switch type {
        case .dns01: self = .dns01(name: name, record: Base64URL.encode(digest))
        case .http01:
            self = .http01(name: name, token: token, keyAuthorization: keyAuthorization)
        case .tlsALPN01: self = .tlsALPN01(name: name, digest: digest)
        }
    }

    package var name: ServerName {
        switch self {
        case .dns01(let name, _), .http01(let name, _, _), .tlsALPN01(let name, _): name
        }
    }
}

/// Shows challenge responses to the world: on the plain port, in handshakes, in a DNS zone.
package protocol ChallengePresenter: Sendable {
    /// Returns once a CA that looks from now on sees the response, wherever it connects.
    func present(_ response: ChallengeResponse) async throws
    /// Undoes `present`; called once for each response presented, whatever came of it.
    func withdraw(_ response: ChallengeResponse) async
}
