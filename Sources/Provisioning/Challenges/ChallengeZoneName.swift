// SPDX-License-Identifier: Apache-2.0
package import DNS
package import Registry
package import TLS

/// The zone of ours that customers delegate their challenges to, and who has which place in it.
///
/// Each domain has a label of its own, a digest of its name: nobody can answer for another domain
/// by pointing at the other's label, for the label says whose it is, and nothing has to be
/// remembered.
package struct ChallengeZoneName: Hashable, Sendable {
    /// `acme.edge.example`
    package let name: ServerName

    package init(_ name: ServerName) {
        self.name = name
    }

    /// 26 digits of base32 (RFC 4648 §6, in lower case): the first 130 bits of SHA-256 of the name.
    /// A wildcard shares it with the name that it stands below.
    package func label(for name: CertificateName) -> String {
        let digest = Digest.sha256(Array(name.base.text.utf8))
        var digits: [UInt8] = []
        var pending = 0
        var bits = 0
        for byte in digest {
            pending = (pending << 8 | Int(byte)) & 0xfff
            bits += 8
            while bits >= 5, digits.count < Self.labelLength {
                bits -= 5
                digits.append(Self.alphabet[pending >> bits & 31])
            }
        }
        return String(decoding: digits, as: UTF8.self)
    }

    /// The CNAME that the owner of `name` sets.
    package func delegation(of name: CertificateName) -> Delegation {
        Delegation(from: Self.challengeName(of: name), to: "\(label(for: name)).\(self.name)")
    }

    /// The same with or without a zone.
    package static func delegation(
        of name: CertificateName, to zone: ChallengeZoneName?
    ) -> Delegation {
        zone?.delegation(of: name) ?? Delegation(from: challengeName(of: name), to: nil)
    }

    /// Where the TXT records of `name` stand.
    package func owner(for name: CertificateName) -> DNSName {
        guard let owner = DNSName("\(label(for: name)).\(self.name)") else {
            preconditionFailure("configuration keeps the zone short enough for a label")
        }
        return owner
    }

    /// RFC 8555 §8.4.
    private static func challengeName(of name: CertificateName) -> String {
        "_acme-challenge.\(name.base)"
    }

    /// The longest name that a zone may have, so that a label fits before it.
    package static let bytesMax = 253 - labelLength - 1
    private static let labelLength = 26
    private static let alphabet = Array("abcdefghijklmnopqrstuvwxyz234567".utf8)
}
