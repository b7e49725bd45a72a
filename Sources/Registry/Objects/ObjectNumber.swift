// SPDX-License-Identifier: Apache-2.0

/// The number of an object. One sequence serves objects of every kind, so that a number means one
/// thing in all dialects of the management API.
package struct ObjectNumber<Kind>: Hashable, Comparable, Sendable, CustomStringConvertible {
    package let value: Int

    /// Nil unless it fits into 31 bits: AutoDNS' clients keep it in an `int32`.
    package init?(_ value: Int) {
        guard (1...Int(Int32.max)).contains(value) else { return nil }
        self.value = value
    }

    package static func < (left: Self, right: Self) -> Bool { left.value < right.value }

    package var description: String { "\(value)" }
}

/// What numbers are given to.
package protocol Numbered {
    /// What identifiers of the native API begin with: `dom` of `dom_12`.
    static var identifierPrefix: String { get }
}

extension ObjectNumber where Kind: Numbered {
    /// As the native API writes it: `dom_12`.
    package var identifier: String { "\(Kind.identifierPrefix)_\(value)" }

    /// Reads `dom_12`; nil for anything else, such as the identifier of another kind.
    package init?(identifier: String) {
        guard identifier.hasPrefix("\(Kind.identifierPrefix)_") else { return nil }
        let digits = identifier.utf8.dropFirst(Kind.identifierPrefix.utf8.count + 1)
        guard (1...10).contains(digits.count), digits.allSatisfy({ (0x30...0x39).contains($0) }),
            digits.first != 0x30, let value = Int(Substring(digits))
        else { return nil }
        self.init(value)
    }
}

extension ObjectNumber: Codable {
    package init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        guard let number = Self(try container.decode(Int.self)) else {
            throw DecodingError.dataCorruptedError(
                in: container, debugDescription: "not the number of an object")
        }
        self = number
    }

    package func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(value)
    }
}

package typealias DomainNumber = ObjectNumber<Domain>
package typealias CertificateNumber = ObjectNumber<ManagedCertificate>
package typealias IssuanceNumber = ObjectNumber<Issuance>
package typealias VersionNumber = ObjectNumber<CertificateVersion>
package typealias SiteNumber = ObjectNumber<Site>
package typealias WebhookNumber = ObjectNumber<Webhook>
package typealias ContactNumber = ObjectNumber<Contact>
/// The place of an event in the log: its own sequence, from 1, without gaps.
package typealias EventNumber = ObjectNumber<Event>
