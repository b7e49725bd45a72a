// SPDX-License-Identifier: Apache-2.0
package import FoundationEssentials
package import Storage
package import TLS

/// What a start takes up again, over all accounts, and what time brings.
extension Registry {
    /// Whether a name was deprovisioned and not registered since.
    package func isWithdrawn(_ name: CertificateName) async throws(StorageError) -> Bool {
        try await store.records([.withdrawn(name)]).first.flatMap { $0 } != nil
    }

    package func withdrawnNames() async throws(StorageError) -> [CertificateName] {
        try await names(under: "withdrawn/")
    }

    /// Names whose files were being changed when the process ended.
    package func unsettledNames() async throws(StorageError) -> [CertificateName] {
        try await names(under: "unsettled/")
    }

    private func names(
        under prefix: String
    ) async throws(StorageError) -> [CertificateName] {
        var names: [CertificateName] = []
        try await eachChunk(under: prefix) { records throws(StorageError) in
            for record in records {
                let text = String(decoding: record.value, as: UTF8.self)
                guard let name = CertificateName(text) else {
                    throw .damaged(path: record.key.text, "it is not a name")
                }
                names.append(name)
            }
        }
        return names
    }

    /// The application URLs of all domains that have their own.
    package func domainsWithOrigins() async throws(StorageError) -> [CertificateName: [String]] {
        var origins: [CertificateName: [String]] = [:]
        try await eachChunk(under: Index.origin.prefix) { records async throws(StorageError) in
            for (_, domain) in try await self.objects(at: records, as: Domain.self) {
                origins[domain.name] = domain.applicationURLs
            }
        }
        return origins
    }

    /// Issuances that are under way or not yet begun, oldest first.
    package func openIssuances(_ page: PageRequest) async throws(StorageError) -> Page<Issuance> {
        try await all(.open, page)
    }

    package func publishedSites(_ page: PageRequest) async throws(StorageError) -> Page<Site> {
        try await all(.published, page)
    }

    package func allWebhooks(_ page: PageRequest) async throws(StorageError) -> Page<Webhook> {
        try await all(.webhooks, page)
    }

    /// Runs `body` while no other process that shares the store runs one of the same name.
    package nonisolated func whileLeading(
        _ name: String, _ body: @escaping @Sendable () async -> Void
    ) async throws(StorageError) {
        try await store.whileLeading(name, body)
    }

    /// The first `limit` moments that have come, earliest first.
    package func due(before now: Date, limit: Int) async throws(StorageError) -> [DueMoment] {
        let range = RecordRange(prefix: DueMoment.keyPrefix)
        var moments: [DueMoment] = []
        for record in try await store.records(in: range, limit: limit) {
            let moment: DueMoment = try record.decoded()
            guard moment.at < now else { break }
            moments.append(moment)
        }
        return moments
    }

    private func all<Object: RegistryObject>(
        _ index: Index, _ page: PageRequest
    ) async throws(StorageError) -> Page<Object> {
        let index = IndexRange(index)
        guard let range = index.range(for: page) else { return Page(elements: [], next: nil) }
        let found = try await store.records(in: range, limit: page.limit)
        let objects = try await objects(at: found, as: Object.self).map { $0.1 }
        let isLast = found.count < page.limit
        return Page(
            elements: objects,
            next: isLast ? nil : found.last.map { index.cursor(after: $0.key).text })
    }

    private func eachChunk(
        under prefix: String, _ body: ([Record]) async throws(StorageError) -> Void
    ) async throws(StorageError) {
        var range = RecordRange(prefix: prefix)
        while true {
            let found = try await store.records(in: range, limit: chunkMax)
            try await body(found)
            guard found.count == chunkMax, let last = found.last?.key else { return }
            range.after = last
        }
    }
}
