// SPDX-License-Identifier: Apache-2.0
import FoundationEssentials
import Storage

/// Which objects of an account are wanted, and the index that leads to the fewest of them.
protocol ObjectFilter: Sendable {
    associatedtype Object: RegistryObject

    func index(of account: String) -> IndexRange
    /// Whether the object of an entry may be wanted, as far as the entry says.
    func mayAccept(_ entry: Record) -> Bool
    /// Whether entries do not say all of it.
    var looksAtObjects: Bool { get }
    /// The version on which the answer for `object` rests besides; nil: on none.
    func versionToRead(for object: Object) -> VersionNumber?
    /// Whether it is wanted, found as `place` says.
    func accepts(_ object: Object, _ place: Finding) -> Bool
}

extension ObjectFilter {
    func mayAccept(_ entry: Record) -> Bool { true }

    func versionToRead(for object: Object) -> VersionNumber? { nil }
}

/// How an object was found.
struct Finding {
    let key: RecordKey
    /// The one that the filter asked for.
    let version: CertificateVersion?
    let now: Date
}

extension Registry {
    func isWanted<Filter: ObjectFilter>(
        _ object: Filter.Object, at key: RecordKey, by filter: Filter
    ) async throws(StorageError) -> Bool {
        var version: CertificateVersion?
        if let number = filter.versionToRead(for: object) {
            version = try await self.version(number)
        }
        return filter.accepts(object, Finding(key: key, version: version, now: clock()))
    }
}

/// A part of an index.
struct IndexRange {
    let prefix: String
    /// The first key that is too far; nil: none is.
    private let end: String?

    init(_ index: Index, within part: String = "", before end: String? = nil) {
        prefix = index.prefix + part
        self.end = end.map { index.prefix + $0 }
    }

    func contains(_ key: RecordKey) -> Bool {
        guard let end else { return true }
        return key.text.utf8.lexicographicallyPrecedes(end.utf8)
    }

    /// After this key of the range.
    func cursor(after key: RecordKey) -> RecordCursor {
        RecordCursor(rest: String(key.text.dropFirst(prefix.count)))
    }
}
