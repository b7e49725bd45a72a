// SPDX-License-Identifier: Apache-2.0
import Registry
import TLS

/// The ids of the native API: the kind of an object, and its number: `crt_12`.
enum NativeID {
    static func domain(_ number: DomainNumber) -> String { "dom_\(number)" }
    static func certificate(_ number: CertificateNumber) -> String { "crt_\(number)" }
    static func issuance(_ number: IssuanceNumber) -> String { "iss_\(number)" }
    static func version(_ number: VersionNumber) -> String { "ver_\(number)" }
    static func site(_ number: SiteNumber) -> String { "sit_\(number)" }
    static func event(_ number: EventNumber) -> String { "evt_\(number)" }
    static func webhook(_ number: WebhookNumber) -> String { "whk_\(number)" }

    /// What ids of a kind begin with.
    static func prefix<Kind>(of kind: Kind.Type) -> String {
        switch kind {
        case is Domain.Type: "dom_"
        case is ManagedCertificate.Type: "crt_"
        case is Issuance.Type: "iss_"
        case is CertificateVersion.Type: "ver_"
        case is Site.Type: "sit_"
        case is Event.Type: "evt_"
        default: "whk_"
        }
    }

    /// The number in an id of this kind; nil for anything else.
    static func number<Kind>(_ text: String, of kind: Kind.Type) -> ObjectNumber<Kind>? {
        let prefix = prefix(of: kind)
        let digits = text.utf8.dropFirst(prefix.utf8.count)
        guard text.hasPrefix(prefix), digits.first != UInt8(ascii: "0"),
            digits.allSatisfy({ (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }),
            let value = Int(Substring(digits))
        else { return nil }
        return ObjectNumber(value)
    }
}
