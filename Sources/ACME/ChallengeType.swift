// SPDX-License-Identifier: Apache-2.0

/// The ways of proving control over a name that we know, spelled as in the IANA registry.
package enum ChallengeType: String, Codable, CaseIterable, Hashable, Sendable {
    /// RFC 8555 §8.4: a TXT record.
    case dns01 = "dns-01"
    /// RFC 8555 §8.3: a resource on port 80.
    case http01 = "http-01"
    /// RFC 8737: a certificate on port 443.
    case tlsALPN01 = "tls-alpn-01"
}
