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
        while let first = try await storedRecords(in: accounts, limit: 1).first {
            let account = first.key.text.dropFirst(index.count).prefix { $0 != "/" }
            accounts.after = RecordKey(path: index + account + "0")
            guard account != caller.account.asKeyPart else { continue }
            let names = "\(index)\(account)/\(parent.reversed)"
            if let domain = try await firstDomain(below: names) { return domain }
        }
        return try await pendingDomain(below: parent, index)
    }

    /// The same among those that the changes before it in its batch have made.
    private func pendingDomain(
        below parent: ServerName, _ index: String
    ) async throws(StorageError) -> Domain? {
        for (key, value) in writesOfBatch where key.text.hasPrefix(index) {
            let parts = key.text.dropFirst(index.count).split(separator: "/", maxSplits: 1)
            guard let value, parts.count == 2, parts[0] != caller.account.asKeyPart[...],
                parts[1].hasPrefix(parent.reversed),
                Self.isOneLabel(parts[1].dropFirst(parent.reversed.count)),
                let number = DomainNumber(indexed: value),
                let domain = try await domain(number)
            else { continue }
            return domain
        }
        return nil
    }

    /// The first domain with one label more than `prefix`, which is no wildcard itself.
    private func firstDomain(below prefix: String) async throws(StorageError) -> Domain? {
        var range = RecordRange(prefix: prefix)
        while true {
            let found = try await storedRecords(in: range, limit: Self.chunkMax)
            for record in found where Self.isOneLabel(record.key.text.dropFirst(prefix.count)) {
                // Nil for one that a change before this has removed.
                guard let number = DomainNumber(indexed: record.value),
                    let domain = try await domain(number)
                else { continue }
                return domain
            }
            guard found.count == Self.chunkMax, let last = found.last?.key else { return nil }
            range.after = last
        }
    }

    /// Whether what follows a name in the order of labels from the right is one label, with its dot.
    private static func isOneLabel(_ rest: Substring) -> Bool {
        let label = rest.dropLast()
        return !label.isEmpty && label != "*" && !label.contains(".")
    }

    /// Index entries that are read at once.
    private static var chunkMax: Int { 128 }
}
