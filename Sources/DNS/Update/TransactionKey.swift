// SPDX-License-Identifier: Apache-2.0
import TLS

/// A secret that we share with a server, by the name it has there (RFC 8945). Descriptions show the
/// name alone.
package struct TransactionKey: Sendable, Hashable, CustomStringConvertible,
    CustomDebugStringConvertible, CustomReflectable
{
    package enum Algorithm: String, CaseIterable, Sendable {
        case hmacSHA256 = "hmac-sha256"
        case hmacSHA512 = "hmac-sha512"
    }

    package let name: DNSName
    package let algorithm: Algorithm
    private let secret: [UInt8]

    package init(name: DNSName, algorithm: Algorithm, secret: [UInt8]) {
        self.name = name
        self.algorithm = algorithm
        self.secret = secret
    }

    func authenticationCode(of message: [UInt8]) -> [UInt8] {
        switch algorithm {
        case .hmacSHA256: Digest.hmacSHA256(key: secret, message)
        case .hmacSHA512: Digest.hmacSHA512(key: secret, message)
        }
    }

    package var description: String { "the key \(name)" }
    package var debugDescription: String { description }
    package var customMirror: Mirror { Mirror(self, children: []) }
}

extension TransactionKey.Algorithm {
    /// The algorithm as a domain name (RFC 8945 §6).
    var name: DNSName {
        guard let name = DNSName(rawValue) else { preconditionFailure("a plain word is a name") }
        return name
    }
}
