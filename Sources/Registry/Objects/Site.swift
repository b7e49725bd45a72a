// SPDX-License-Identifier: Apache-2.0
package import FoundationEssentials
package import TLS

/// Hosts that are served together, with one certificate that is linked to them. What is linked counts
/// from the next publication on.
package struct Site: RegistryObject {
    package let number: SiteNumber
    package let account: String
    package var name: String
    package var hosts: [ServerName] = []
    /// Where requests for its hosts go; empty: to `application_url`.
    package var applicationURLs: [String] = []
    package var linkedVersion: VersionNumber?
    /// What its hosts are served with.
    package var publishedVersion: VersionNumber?
    package var revisions: [Revision] = []
    package var publications: [Publication] = []
    package var clientReference: String?
    package var compatibility: Compatibility = [:]
    package var generation = 1
    package let createdAt: Date
    package var updatedAt: Date

    package static var subjectKind: Event.Subject.Kind { .site }
    package static var identifierPrefix: String { "sit" }
    package var title: String { name }

    package static var hostsMax: Int { 100 }
    /// Revisions and publications that are kept, the oldest leaving.
    package static var historyMax: Int { 100 }
    /// Bytes that one revision may take in its record, and all of a site: a record has 1 MiB.
    package static var revisionBytesMax: Int { 256 << 10 }
    package static var revisionsBytesMax: Int { 512 << 10 }

    package var isPublished: Bool { publications.last { $0.state == .accepted }?.isActive ?? false }

    /// A configuration of the site; what a dialect says in it is given back as it came.
    package struct Revision: Codable, Hashable, Sendable {
        package let number: Int
        package let hosts: [ServerName]
        package let document: JSONValue
        package let description: String?
        package let createdAt: Date

        package init(
            number: Int, hosts: [ServerName], document: JSONValue, description: String?,
            createdAt: Date
        ) {
            self.number = number
            self.hosts = hosts
            self.document = document
            self.description = description
            self.createdAt = createdAt
        }

        /// What it takes in the site's record.
        package var recordBytes: Int { recordValue.count }
    }

    /// An operation that puts a revision and the linked certificate into service, or takes it out.
    package struct Publication: Codable, Hashable, Sendable {
        package enum State: String, Codable, CaseIterable, Sendable {
            case accepted, failed
        }

        package let number: Int
        package let revision: Int?
        package let version: VersionNumber?
        /// False: the site was taken out of service.
        package let isActive: Bool
        package let state: State
        package let detail: String?
        package let at: Date

        package init(
            number: Int, revision: Int?, version: VersionNumber?, isActive: Bool, state: State,
            detail: String?, at: Date
        ) {
            self.number = number
            self.revision = revision
            self.version = version
            self.isActive = isActive
            self.state = state
            self.detail = detail
            self.at = at
        }
    }

    package init(number: SiteNumber, account: String, name: String, at now: Date) {
        self.number = number
        self.account = account
        self.name = name
        createdAt = now
        updatedAt = now
    }

    /// Keeps a revision of at most `revisionBytesMax`; the oldest leave where there are too many or where
    /// they take too much.
    package mutating func append(_ revision: Revision) {
        var bytes = 0
        let kept = (revisions + [revision]).suffix(Self.historyMax).reversed().prefix { kept in
            bytes += kept.recordBytes
            return bytes <= Self.revisionsBytesMax
        }
        revisions = kept.reversed()
    }
}
