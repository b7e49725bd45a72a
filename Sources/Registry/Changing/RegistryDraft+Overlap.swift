// SPDX-License-Identifier: Apache-2.0
package import Storage
package import TLS

/// Wildcards of one account and names of another. A wildcard has requests for the names that it stands for
/// sent to its origins, and its certificate served for them.
extension RegistryDraft {
    /// A domain of another account than the caller's that stands for `name`, or for which `name` would
    /// stand; nil: there is none.
    package func foreignDomain(
        overlapping name: CertificateName
    ) async throws(StorageError) -> Domain? {
        switch name {
        case .exact(let host):
            guard let parent = host.parent,
                let above = try await domain(named: .wildcard(of: parent)),
                above.account != caller.account
            else { return nil }
            return above
        case .wildcard(let parent): return try await foreignDomain(below: parent)
        }
    }

    private func foreignDomain(below parent: ServerName) async throws(StorageError) -> Domain? {
        let index = Index.accounts(.domain).prefix
        var accounts = RecordRange(prefix: index)
        // The first entry of each account; then behind all of its entries, for `0` follows the slash.
        while let first = try await store.records(in: accounts, limit: 1).first {
            let account = first.key.text.dropFirst(index.count).prefix { $0 != "/" }
            accounts.after = RecordKey(path: index + account + "0")
            guard account != caller.account.asKeyPart else { continue }
            let names = "\(index)\(account)/\(parent.reversed)"
            if let domain = try await firstDomain(below: names) { return domain }
        }
        return nil
    }

    /// The first domain with one label more than `prefix`, which is no wildcard itself.
    private func firstDomain(below prefix: String) async throws(StorageError) -> Domain? {
        var range = RecordRange(prefix: prefix)
        while true {
            let found = try await store.records(in: range, limit: Self.chunkMax)
            let below = found.first { record in
                let label = record.key.text.dropFirst(prefix.count).dropLast()
                return !label.isEmpty && label != "*" && !label.contains(".")
            }
            if let below, let number = DomainNumber(indexed: below) {
                return try await domain(number)
            }
            guard found.count == Self.chunkMax, let last = found.last?.key else { return nil }
            range.after = last
        }
    }

    /// Index entries that are read at once.
    private static var chunkMax: Int { 128 }
}
