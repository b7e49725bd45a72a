// SPDX-License-Identifier: Apache-2.0
package import Storage

/// Lists of one account, by number; domains, and what is looked for within a domain, by their names from
/// the last label on; versions that end before a date, by when they end.
extension Registry {
    package func domains(
        _ filter: DomainFilter = DomainFilter(), of account: String, _ page: PageRequest
    ) async throws(StorageError) -> Page<Domain> {
        try await list(filter, of: account, page)
    }

    package func certificates(
        _ filter: CertificateFilter = CertificateFilter(), of account: String, _ page: PageRequest
    ) async throws(StorageError) -> Page<ManagedCertificate> {
        try await list(filter, of: account, page)
    }

    package func issuances(
        _ filter: IssuanceFilter = IssuanceFilter(), of account: String, _ page: PageRequest
    ) async throws(StorageError) -> Page<Issuance> {
        try await list(filter, of: account, page)
    }

    package func versions(
        _ filter: VersionFilter = VersionFilter(), of account: String, _ page: PageRequest
    ) async throws(StorageError) -> Page<CertificateVersion> {
        try await list(filter, of: account, page)
    }

    package func sites(
        _ filter: SiteFilter = SiteFilter(), of account: String, _ page: PageRequest
    ) async throws(StorageError) -> Page<Site> {
        try await list(filter, of: account, page)
    }

    package func webhooks(
        _ filter: WebhookFilter = WebhookFilter(), of account: String, _ page: PageRequest
    ) async throws(StorageError) -> Page<Webhook> {
        try await list(filter, of: account, page)
    }

    private func list<Filter: ObjectFilter>(
        _ filter: Filter, of account: String, _ page: PageRequest
    ) async throws(StorageError) -> Page<Filter.Object> {
        let index = filter.index(of: account)
        var result = Page<Filter.Object>(elements: [], next: nil)
        guard var range = index.range(for: page) else { return result }
        var scanned = 0
        while scanned < Self.scanMax {
            let wanted = min(chunkMax, Self.scanMax - scanned)
            let found = try await store.records(in: range, limit: wanted)
            scanned += found.count
            let candidates = found.filter(filter.mayAccept)
            for (key, object) in try await objects(at: candidates, as: Filter.Object.self) {
                range.after = key
                guard index.contains(key) else {
                    if page.order == .ascending { return result }
                    continue
                }
                guard try await isWanted(object, at: key, by: filter) else { continue }
                result.elements.append(object)
                guard result.elements.count < page.limit else {
                    let isLast = found.count < wanted && key == found.last?.key
                    result.next = isLast ? nil : index.cursor(after: key).text
                    return result
                }
            }
            guard found.count == wanted, let last = found.last?.key else { return result }
            range.after = last
        }
        result.next = range.after.map { index.cursor(after: $0).text }
        return result
    }

    /// The objects that records of an index lead to, with the keys that led there. One that has gone
    /// between the two reads is left out.
    func objects<Object: RegistryObject>(
        at entries: [Record], as: Object.Type
    ) async throws(StorageError) -> [(RecordKey, Object)] {
        let numbers = entries.map { ObjectNumber<Object>(indexed: $0.value) }
        let keys = numbers.compactMap { $0.map { RecordKey.object($0) } }
        guard keys.count == entries.count else {
            throw .damaged(path: "by/", "an index does not name a number")
        }
        let records = try await store.records(keys)
        var objects: [(RecordKey, Object)] = []
        for (entry, record) in zip(entries, records) {
            guard let record else { continue }
            objects.append((entry.key, try record.decoded()))
        }
        return objects
    }

    /// Records that are in memory at a time.
    var chunkMax: Int { 128 }
}

extension IndexRange {
    /// Nil when the page begins nowhere in this range.
    func range(for page: PageRequest) -> RecordRange? {
        var range = RecordRange(prefix: prefix, order: page.order)
        if let after = page.after {
            guard let key = RecordCursor(after)?.key(under: prefix) else { return nil }
            range.after = key
        }
        return range
    }
}
