// SPDX-License-Identifier: Apache-2.0

/// Keeps small groups of files under keys, each group replaced as one.
///
/// The contract every driver keeps:
/// - `write` is atomic and durable: after a crash at any moment a reader finds all of the files as
///   they were or all as they are to be. When it throws, what was there before is still there.
/// - What is absent is an answer (nil, an empty list), not an error.
/// - A version changes whenever one of the files under a key does, by whomever.
/// - Calls may come from any task. Writes to one key take effect in their order, and what a call has
///   written when it returns is what later calls read.
package protocol KeyValueStore: Sendable {
    /// Those files of `names` that exist under `key`; nil when there is nothing under it.
    func read(
        _ names: [String], in key: StorageKey
    ) async throws(StorageError) -> StoredFiles?

    /// The same for many keys in one go, where something has changed: an answer for each key, in
    /// their order. `known` are the versions that the caller has seen; nil: none.
    ///
    /// A key that cannot be read is an answer too; throws when none can.
    func changes(
        of names: [String], in keys: [StorageKey], since known: [StorageVersion?]
    ) async throws(StorageError) -> [StoredChange]

    /// Puts `files` under `key`; files of other names there stay as they are. Answers the version
    /// that it made.
    @discardableResult
    func write(
        _ files: [StoredFile], in key: StorageKey
    ) async throws(StorageError) -> StorageVersion

    /// Removes all that is under `key`.
    func remove(_ key: StorageKey) async throws(StorageError)

    /// The keys of a collection, in no order.
    func keys(in collection: String) async throws(StorageError) -> [StorageKey]

    /// The version of each key, nil where there is nothing under it.
    func versions(of keys: [StorageKey]) async throws(StorageError) -> [StorageVersion?]
}

/// One file to write.
package struct StoredFile: Sendable {
    package enum Access: Sendable { case shared, secret }

    /// A single path component, like those of a `StorageKey`.
    package let name: String
    package let contents: [UInt8]
    /// Who may read it where the driver can say so: everyone, or us alone (mode 0600).
    package let access: Access

    package init(_ name: String, _ contents: [UInt8], _ access: Access = .shared) {
        self.name = name
        self.contents = contents
        self.access = access
    }
}

/// What was found under a key.
package struct StoredFiles: Sendable {
    /// By file name.
    package let contents: [String: [UInt8]]
    /// As of before the first file was read: a change during the reading shows as a newer version.
    package let version: StorageVersion

    package init(contents: [String: [UInt8]], version: StorageVersion) {
        self.contents = contents
        self.version = version
    }
}

/// What has become of a key.
package enum StoredChange: Sendable {
    case unchanged
    /// There is nothing under it.
    case absent
    case files(StoredFiles)
    /// There is something, and why it cannot be had.
    case unreadable(StorageError, StorageVersion)
}

/// Which state of the files under a key was seen. Compared, nothing else; not kept over a restart.
package struct StorageVersion: Hashable, Sendable {
    package let value: UInt64

    package init(_ value: UInt64) {
        self.value = value
    }
}
