// SPDX-License-Identifier: Apache-2.0
package import Storage

/// Lists in pages with numbers, by the number of the object. The numbers of all that is wanted are
/// counted, four bytes each; objects are in memory by the chunk.
///
/// All throw `TooBroad`, and `StorageError`.
extension Registry {
    /// Page `page`, from 0, of at most `size` objects.
    package func domains(
        _ filter: DomainFilter = DomainFilter(), of account: String, page: Int, size: Int,
        order: RecordRange.Order = .ascending
    ) async throws -> NumberedPage<Domain> {
        try await list(filter, of: account, page: page, size: size, order)
    }

    package func certificates(
        _ filter: CertificateFilter = CertificateFilter(), of account: String, page: Int,
        size: Int, order: RecordRange.Order = .ascending
    ) async throws -> NumberedPage<ManagedCertificate> {
        try await list(filter, of: account, page: page, size: size, order)
    }

    package func versions(
        _ filter: VersionFilter = VersionFilter(), of account: String, page: Int, size: Int,
        order: RecordRange.Order = .ascending
    ) async throws -> NumberedPage<CertificateVersion> {
        try await list(filter, of: account, page: page, size: size, order)
    }

    /// The same in an order of the caller's choice: what it goes by is in memory for all that is wanted.
    package func versions(
        _ filter: VersionFilter, of account: String, page: Int, size: Int, by order: VersionOrder
    ) async throws -> NumberedPage<CertificateVersion> {
        if let order = order.byNumber {
            return try await list(filter, of: account, page: page, size: size, order)
        }
        await takeTurnToCount(for: account)
        defer { endTurnToCount(of: account) }
        var places: [VersionOrder.Place] = []
        try await eachObject(filter, of: account) { places.append(VersionOrder.Place($0)) }
        places.sort { order.puts($0, before: $1) }
        return try await self.page(page, of: size, places.map(\.number))
    }

    package func webhooks(
        _ filter: WebhookFilter = WebhookFilter(), of account: String, page: Int, size: Int,
        order: RecordRange.Order = .ascending
    ) async throws -> NumberedPage<Webhook> {
        try await list(filter, of: account, page: page, size: size, order)
    }

    package func contacts(
        _ filter: ContactFilter = ContactFilter(), of account: String, page: Int, size: Int,
        order: RecordRange.Order = .ascending
    ) async throws -> NumberedPage<Contact> {
        try await list(filter, of: account, page: page, size: size, order)
    }

    private func list<Filter: ObjectFilter>(
        _ filter: Filter, of account: String, page: Int, size: Int, _ order: RecordRange.Order
    ) async throws -> NumberedPage<Filter.Object> {
        var numbers = try await numbers(filter, of: account)
        if order == .descending { numbers.reverse() }
        return try await self.page(page, of: size, numbers)
    }

    private func page<Object: RegistryObject>(
        _ page: Int, of size: Int, _ numbers: [Int32]
    ) async throws -> NumberedPage<Object> {
        let size = min(max(size, 1), PageRequest.limitMax)
        let (start, overflow) = max(page, 0).multipliedReportingOverflow(by: size)
        var part = overflow ? [] : numbers.dropFirst(start).prefix(size)
        var result = NumberedPage<Object>(elements: [], total: numbers.count)
        while !part.isEmpty {
            let keys = part.prefix(chunkMax).compactMap { ObjectNumber<Object>(Int($0)) }
                .map { RecordKey.object($0) }
            for record in try await store.records(keys) {
                if let record { result.elements.append(try record.decoded()) }
            }
            part = part.dropFirst(chunkMax)
        }
        return result
    }

    /// Of all that is wanted, in their order, each once.
    private func numbers<Filter: ObjectFilter>(
        _ filter: Filter, of account: String
    ) async throws -> [Int32] {
        await takeTurnToCount(for: account)
        defer { endTurnToCount(of: account) }
        var numbers: [Int32] = []
        if filter.looksAtObjects {
            try await eachObject(filter, of: account) { numbers.append(Int32($0.number.value)) }
        } else {
            try await eachChunk(of: entriesMax, filter, of: account) { entries in
                numbers += entries.compactMap { entry in
                    ObjectNumber<Filter.Object>(indexed: entry.value).map { Int32($0.value) }
                }
            }
        }
        numbers.sort()
        // In the index by name an object is several times.
        var last: Int32 = 0
        numbers.removeAll { number in
            defer { last = number }
            return number == last
        }
        return numbers
    }

    private func eachObject<Filter: ObjectFilter>(
        _ filter: Filter, of account: String, _ body: (Filter.Object) -> Void
    ) async throws {
        // In the index by name an object is several times: it is read at its first name.
        var seen: Set<Int> = []
        try await eachChunk(of: chunkMax, filter, of: account) { found in
            let entries = found.filter { entry in
                let number = ObjectNumber<Filter.Object>(indexed: entry.value)
                return number.map { seen.insert($0.value).inserted } ?? true
            }
            guard seen.count <= lookedAtMax else { throw TooBroad() }
            for (key, object) in try await objects(at: entries, as: Filter.Object.self)
            where try await isWanted(object, at: key, by: filter) { body(object) }
        }
    }

    /// One list after another: what else the loop has to do waits for one chunk, however many lists there
    /// are.
    private func takeTurnToCount(for account: String) async {
        guard isCounting else { return isCounting = true }
        await withCheckedContinuation { counting.append((account, $0)) }
    }

    /// The next turn is another account's, where one waits: who asks for many lists keeps nobody else
    /// waiting but for one.
    private func endTurnToCount(of account: String) {
        guard !counting.isEmpty else { return isCounting = false }
        let next = counting.firstIndex { $0.account != account } ?? 0
        counting.remove(at: next).turn.resume()
    }

    /// The entries of an index whose objects may be wanted. Other work of the loop comes between chunks.
    private func eachChunk<Filter: ObjectFilter>(
        of size: Int, _ filter: Filter, of account: String, _ body: ([Record]) async throws -> Void
    ) async throws {
        let index = filter.index(of: account)
        var range = RecordRange(prefix: index.prefix)
        var (read, wanted) = (0, 0)
        while true {
            let size = min(size, Self.numberedMax - read)
            let found = try await store.records(in: range, limit: size)
            read += found.count
            let entries = found.filter { index.contains($0.key) && filter.mayAccept($0) }
            wanted += entries.count
            try await body(entries)
            guard found.count == size, let last = found.last?.key, index.contains(last) else {
                return
            }
            guard read < Self.numberedMax else {
                if wanted < read { throw TooBroad() }
                return
            }
            range.after = last
        }
    }

    /// Index entries that are in memory at a time.
    private var entriesMax: Int { 1_024 }
}
