// SPDX-License-Identifier: Apache-2.0
import Storage

/// How many objects an account has, of the kinds that are bounded: counted as they come and go, for to
/// look at each would take longer the more there are.
extension RegistryDraft {
    /// Counts what the objects put and removed here change.
    ///
    /// Throws `RegistryError.full`, `StorageError`.
    func countObjects() async throws {
        var changes: [Counter: Int] = [:]
        for (key, fresh) in entries {
            let before = Set(originals[key]?.entries.compactMap(Counter.init) ?? [])
            let after = Set(fresh.compactMap(Counter.init))
            for counter in after.subtracting(before) { changes[counter, default: 0] += 1 }
            for counter in before.subtracting(after) { changes[counter, default: 0] -= 1 }
        }
        for (counter, change) in changes where change != 0 { try await count(change, in: counter) }
    }

    /// Counts one more of the caller's poll queues.
    func countQueue() async throws {
        try await count(1, in: Counter(.queue, caller.account.asKeyPart, "queue"))
    }

    private func count(_ change: Int, in counter: Counter) async throws {
        guard let most = objectsMax[counter.kind] else { return }
        let known: Int? = try await value(at: counter.key)
        let present: Int
        if let known { present = known } else { present = try await stored(under: counter.prefix) }
        let count = max(present + change, 0)
        // What visitors and renewals bring has bounds of its own.
        guard change < 0 || count <= most || caller.actor == Caller.edgeActor else {
            throw RegistryError.full(counter.kind, most: most)
        }
        write(count.recordValue, at: counter.key)
    }

    /// For the first change of an account that has objects from before they were counted.
    private func stored(under prefix: String) async throws(StorageError) -> Int {
        var count = 0
        var range = RecordRange(prefix: prefix)
        while true {
            let found = try await storedRecords(in: range, limit: Self.countedAtOnce)
            count += found.count
            guard found.count == Self.countedAtOnce else { return count }
            range.after = found.last?.key
        }
    }

    private static var countedAtOnce: Int { 1_024 }

    /// Where the objects of one kind and account are counted.
    private struct Counter: Hashable {
        let kind: Event.Subject.Kind
        let account: String
        /// What their keys, or those of their index, begin with.
        let prefix: String

        init(_ kind: Event.Subject.Kind, _ account: String, _ root: String) {
            self.kind = kind
            self.account = account
            prefix = "\(root)/\(account)/"
        }

        /// Nil for indexes that do not have all objects of a kind.
        init?(_ entry: IndexEntry) {
            let parts = entry.key.text.split(separator: "/")
            guard parts.count > 4, parts[0] == "by", parts[1] == "account",
                let kind = Event.Subject.Kind(rawValue: String(parts[2]))
            else { return nil }
            self.init(kind, String(parts[3]), "by/account/\(kind.rawValue)")
        }

        var key: RecordKey { RecordKey(path: "count", kind.rawValue, account) }
    }
}
