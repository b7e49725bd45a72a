// SPDX-License-Identifier: Apache-2.0
import FoundationEssentials
import TLS

/// What the servers of a floor present: a leaf of each kind of key, and the authority above it.
struct FloorCredentials: Sendable {
    private let p256: Credential
    private let rsa: Credential

    init() throws(TLSError) {
        let now = Date()
        let validity = now.addingTimeInterval(-3600)..<now.addingTimeInterval(86_400)
        let authority = try CertificateAuthority.create(
            commonName: "Nameplate Floor", validity: validity)
        p256 = try Self.credential(.p256, authority, validity)
        rsa = try Self.credential(.rsa2048, authority, validity)
    }

    subscript(kind: KeyKind) -> Credential {
        switch kind {
        case .p256: p256
        case .rsa2048: rsa
        }
    }

    private static func credential(
        _ kind: KeyKind, _ authority: CertificateAuthority, _ validity: Range<Date>
    ) throws(TLSError) -> Credential {
        let key = try PrivateKey.generate(kind)
        let chain = try authority.issue(names: [.exact(name)], key: key, validity: validity)
        return try Credential(chain: chain, key: key)
    }

    static let name: ServerName = {
        guard let name = ServerName("floor.test") else { preconditionFailure("it is a name") }
        return name
    }()
}
