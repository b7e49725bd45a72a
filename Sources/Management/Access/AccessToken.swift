// SPDX-License-Identifier: Apache-2.0
import FoundationEssentials
import Registry
import TLS

/// A token that stands for a client for a while: a JSON Web Token of ours (RFC 7519, HS256), which
/// nobody has to remember. A client whose secret was changed, or that is gone, takes its tokens along.
struct AccessToken: Hashable {
    let applicationID: String
    /// Seconds since 1970.
    let expiry: Int
    /// Binds it to the secret that the client had.
    let binding: String

    /// Only this header is ours: `{"alg":"HS256","typ":"JWT"}`.
    private static let header = Base64URL.encode(Array(#"{"alg":"HS256","typ":"JWT"}"#.utf8))
    /// Bytes that a token may have.
    static let textMax = 2048

    init(applicationID: String, expiry: Int, binding: String) {
        self.applicationID = applicationID
        self.expiry = expiry
        self.binding = binding
    }

    /// Nil for what was not signed with this key, or is no token.
    init?(_ text: String, key: [UInt8]) {
        guard text.utf8.count <= Self.textMax else { return nil }
        let parts = text.split(separator: ".", omittingEmptySubsequences: false)
        guard parts.count == 3, parts[0] == Self.header,
            let mac = Base64URL.decode(String(parts[2])),
            Digest.constantTimeEquals(
                mac, Digest.hmacSHA256(key: key, Array("\(parts[0]).\(parts[1])".utf8))),
            let payload = Base64URL.decode(String(parts[1])),
            let claims = try? JSONParser.parse(payload),
            let subject = claims["sub"]?.stringValue, let expiry = claims["exp"]?.integerValue,
            let binding = claims["cnf"]?.stringValue
        else { return nil }
        self.init(applicationID: subject, expiry: expiry, binding: binding)
    }

    func text(key: [UInt8]) -> String {
        let claims: JSONValue = [
            "sub": .string(applicationID), "exp": .integer(expiry), "cnf": .string(binding),
        ]
        let signed = "\(Self.header).\(Base64URL.encode(claims.text))"
        return "\(signed).\(Base64URL.encode(Digest.hmacSHA256(key: key, Array(signed.utf8))))"
    }

    /// What binds a token to a secret: nothing that helps to find it.
    static func binding(to credential: ClientCredential, key: [UInt8]) -> String {
        let mac = Digest.hmacSHA256(key: key, Array("secret".utf8) + credential.secretHash)
        return Base64URL.encode(Array(mac.prefix(12)))
    }
}
