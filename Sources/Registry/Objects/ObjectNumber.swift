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
/// The place of an event in the log: its own sequence, from 1, without gaps.
package typealias EventNumber = ObjectNumber<Event>
