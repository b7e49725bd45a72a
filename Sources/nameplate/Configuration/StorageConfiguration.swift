// SPDX-License-Identifier: Apache-2.0

/// `storage`: where certificates, keys and accounts are kept.
struct StorageConfiguration: Equatable, Sendable {
    /// The root folder of the file driver. Default: `certs` in the working directory.
    var file = "certs"

    enum Key: String, ConfigurationKey {
        case file
    }
}

extension StorageConfiguration: ConfigurationValue {
    static func read(_ cursor: ConfigurationCursor) -> StorageConfiguration? {
        guard let keys = cursor.object(Key.self) else { return nil }
        var storage = StorageConfiguration()
        keys.read(.file, into: &storage.file)
        return storage
    }
}
