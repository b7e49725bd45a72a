// SPDX-License-Identifier: Apache-2.0
import FoundationEssentials
package import Storage
import TLS

/// In which order versions are wanted: by the first key, by the next one where that tells nothing apart,
/// and at last the newest first.
package struct VersionOrder: Hashable, Sendable {
    package enum Field: Sendable {
        case number, commonName
        /// What is not signed ends last.
        case expiry
    }

    package struct Key: Hashable, Sendable {
        package let field: Field
        package let order: RecordRange.Order

        package init(_ field: Field, _ order: RecordRange.Order) {
            self.field = field
            self.order = order
        }
    }

    package var keys: [Key]

    package init(_ keys: [Key] = []) {
        self.keys = keys
    }

    /// What is compared of a version.
    struct Place {
        let number: Int32
        fileprivate let name: String
        fileprivate let end: Date

        init(_ version: CertificateVersion) {
            number = Int32(version.number.value)
            name = version.names.first?.text ?? ""
            end = version.notAfter ?? .distantFuture
        }
    }

    /// Where it is that of their numbers; nil: it is not.
    var byNumber: RecordRange.Order? {
        guard let first = keys.first else { return .descending }
        return first.field == .number ? first.order : nil
    }

    func puts(_ left: Place, before right: Place) -> Bool {
        for key in keys {
            let (first, second) = key.order == .ascending ? (left, right) : (right, left)
            switch key.field {
            case .number where first.number != second.number: return first.number < second.number
            case .commonName where first.name != second.name: return first.name < second.name
            case .expiry where first.end != second.end: return first.end < second.end
            case .number, .commonName, .expiry: continue
            }
        }
        return left.number > right.number
    }
}
