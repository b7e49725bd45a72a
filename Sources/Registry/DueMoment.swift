// SPDX-License-Identifier: Apache-2.0
package import FoundationEssentials
import Storage

/// Something that is to be done to a version at a moment: kept until it is settled, so that a restart
/// forgets none.
package struct DueMoment: Codable, Hashable, Sendable {
    package let at: Date
    package let kind: Kind
    package let version: VersionNumber
    /// Of an `expiryNotice`: how many days before the end it is.
    package let days: Int

    package enum Kind: String, Codable, CaseIterable, Sendable {
        /// `version.expiring` is to be told.
        case expiryNotice = "expiry-notice"
        /// `version.expired` is.
        case expiry
        /// A successor is to be obtained, where the table of what is in service does not see to it.
        case renewal
    }

    /// In whole seconds, as its key has them.
    package init(_ kind: Kind, of version: VersionNumber, at moment: Date, days: Int = 0) {
        at = Date(timeIntervalSince1970: moment.timeIntervalSince1970.rounded(.down))
        self.kind = kind
        self.version = version
        self.days = days
    }

    static var keyPrefix: String { "due/" }

    var key: RecordKey {
        RecordKey(
            path: "due", at.ordered, version.value.ordered, "\(kind.rawValue)-\(days.ordered)")
    }
}
