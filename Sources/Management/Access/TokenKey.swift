// SPDX-License-Identifier: Apache-2.0
package import Storage
import TLS

/// What tokens are signed with: 32 random bytes in the record store, so that they outlive a restart.
package enum TokenKey {
    /// The key, made if there is none yet.
    package static func load(from store: any RecordStore) async throws(StorageError) -> [UInt8] {
        guard let place = RecordKey("management/token-key") else { return [] }
        while true {
            if let record = try await store.records([place]).first.flatMap({ $0 }) {
                return record.value
            }
            let key = Digest.randomBytes(32)
            var transaction = RecordTransaction()
            transaction.expectations[place] = .some(nil)
            transaction.writes[place] = .some(key)
            // Another process was faster: its key is ours too.
            if case .committed = try await store.commit(transaction) { return key }
        }
    }
}
