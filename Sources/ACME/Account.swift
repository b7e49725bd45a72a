// SPDX-License-Identifier: Apache-2.0
package import TLS

/// Who we are to a CA: the URL it gave us and the key that signs for it. The caller keeps both.
package struct Account: Sendable {
    package let url: ResourceURL
    package let key: PrivateKey

    package init(url: ResourceURL, key: PrivateKey) {
        self.url = url
        self.key = key
    }
}

/// What a new account is made of (RFC 8555 §7.3).
package struct AccountRequest: Sendable {
    /// URLs such as "mailto:ops@example.com"; may be empty.
    package var contact: [String]
    /// Our operator agrees to `Directory.Meta.termsOfService`.
    package var termsOfServiceAgreed: Bool
    package var externalAccount: ExternalAccountBinding?

    package init(
        contact: [String] = [], termsOfServiceAgreed: Bool,
        externalAccount: ExternalAccountBinding? = nil
    ) {
        self.contact = contact
        self.termsOfServiceAgreed = termsOfServiceAgreed
        self.externalAccount = externalAccount
    }
}

/// The account as the CA shows it (RFC 8555 §7.1.2).
struct AccountResource: Decodable {
    enum Status: String, Decodable {
        case valid, deactivated, revoked
    }

    let status: Status
}

/// The body of a newAccount request (RFC 8555 §7.3).
struct NewAccount: Encodable {
    let contact: [String]?
    let termsOfServiceAgreed: Bool?
    let externalAccountBinding: JSONWebSignature?
}
