// SPDX-License-Identifier: Apache-2.0
import FoundationEssentials
import Registry
import TLS

/// An account, which is a number for DNSimple and a name for us.
enum DNSimpleAccount {
    /// The same for a name at all times: FNV-1a in 31 bits.
    static func number(of account: String) -> Int {
        var hash: UInt32 = 0x811c_9dc5
        for byte in account.utf8 { hash = (hash ^ UInt32(byte)) &* 0x0100_0193 }
        return max(1, Int(hash & 0x7fff_ffff))
    }

    static func json(_ account: String, createdAt: Date) -> JSONValue {
        [
            "id": .integer(number(of: account)), "email": .string(account),
            "plan_identifier": "edge", "created_at": .string(createdAt.secondsText),
            "updated_at": .string(createdAt.secondsText),
        ]
    }
}

extension Domain {
    /// The domain in DNSimple's words; what a registrar would know is empty.
    func dnsimple(account: Int) -> JSONValue {
        [
            "id": .integer(number.value), "account_id": .integer(account), "registrant_id": nil,
            "name": .string(name.text), "unicode_name": .string(name.text), "state": "hosted",
            "auto_renew": false, "private_whois": false, "expires_on": nil, "expires_at": nil,
            "created_at": .string(createdAt.secondsText),
            "updated_at": .string(updatedAt.secondsText),
        ]
    }
}

/// A certificate of DNSimple's: a version with what is known of it elsewhere.
struct DNSimpleCertificate: Sendable {
    let version: CertificateVersion
    let certificate: ManagedCertificate
    let issuance: Issuance?
    let domain: Domain

    var state: DNSimpleState { DNSimpleState(version.state, issuance?.state) }

    /// That it is good for the domain although nobody asked for that: a member of `compatibility`.
    static let coversDomain = "dnsimple.covers_domain"

    var json: JSONValue {
        let names = version.names.isEmpty ? certificate.names : version.names
        let common = names.first?.text ?? ""
        let isDomainUntold = certificate.compatibility[Self.coversDomain] == true
        let others = names.dropFirst().filter { !isDomainUntold || $0 != domain.name }
        let ends = version.state == .reserved ? nil : version.notAfter
        return [
            "id": .integer(version.number.value), "domain_id": .integer(domain.number.value),
            "contact_id": nil, "name": .string(relative(common)), "common_name": .string(common),
            "years": 1, "csr": .text(issuance?.request), "state": .string(state.rawValue),
            "auto_renew": .bool(certificate.renewsItself),
            "alternate_names": .array(others.map { .string($0.text) }),
            "authority_identifier": "letsencrypt",
            "created_at": .string(version.createdAt.secondsText),
            "updated_at": .string(
                max(version.updatedAt, issuance?.updatedAt ?? version.updatedAt)
                    .secondsText),
            "expires_at": .text(ends?.secondsText), "expires_on": .text(ends?.dayText),
        ]
    }

    /// `www` of `www.example.com`; empty for the domain itself.
    private func relative(_ name: String) -> String {
        guard name.hasSuffix("." + domain.name.text) else { return "" }
        return String(name.dropLast(domain.name.text.count + 1))
    }
}
