// SPDX-License-Identifier: Apache-2.0
package import Storage

/// Lists in pages with numbers, by the number of the object. The numbers of all that is wanted are
/// counted, four bytes each; objects are in memory by the chunk.
extension Registry {
    /// Page `page`, from 0, of at most `size` objects.
    package func domains(
        _ filter: DomainFilter = DomainFilter(), of account: String, page: Int, size: Int,
        order: RecordRange.Order = .ascending
    ) async throws(StorageError) -> NumberedPage<Domain> {
        try await list(filter, of: account, page: page, size: size, order)
    }

    package func certificates(
        _ filter: CertificateFilter = CertificateFilter(), of account: String, page: Int,
        size: Int, order: RecordRange.Order = .ascending
    ) async throws(StorageError) -> NumberedPage<ManagedCertificate> {
        try await list(filter, of: account, page: page, size: size, order)
    }

    package func versions(
        _ filter: VersionFilter = VersionFilter(), of account: String, page: Int, size: Int,
        order: RecordRange.Order = .ascending
    ) async throws(StorageError) -> NumberedPage<CertificateVersion> {
        try await list(filter, of: account, page: page, size: size, order)
    }

    /// The same in an order of the caller's choice: what it goes by is in memory for all that is wanted.
    package func versions(
        _ filter: VersionFilter, of account: String, page: Int, size: Int, by order: VersionOrder
    ) async throws(StorageError) -> NumberedPage<CertificateVersion> {
        var places: [VersionOrder.Place] = []
        _ = try await numbers(filter, of: account) { places.append(VersionOrder.Place($0)) }
        places.sort { order.puts($0, before: $1) }
        let numbers = places.prefix(Self.numberedMax).map(\.number)
        return try await self.page(page, of: size, numbers)
    }

    package func webhooks(
        _ filter: WebhookFilter = WebhookFilter(), of account: String, page: Int, size: Int,
        order: RecordRange.Order = .ascending
    ) async throws(StorageError) -> NumberedPage<Webhook> {
        try await list(filter, of: account, page: page, size: size, order)
    }

    package func contacts(
        _ filter: ContactFilter = ContactFilter(), of account: String, page: Int, size: Int,
        order: RecordRange.Order = .ascending
    ) async throws(StorageError) -> NumberedPage<Contact> {
        try await list(filter, of: account, page: page, size: size, order)
    }

    private func list<Filter: ObjectFilter>(
        _ filter: Filter, of account: String, page: Int, size: Int, _ order: RecordRange.Order
    ) async throws(StorageError) -> NumberedPage<Filter.Object> {
        var numbers = try await numbers(filter, of: account)
        numbers.sort()
        if order == .descending { numbers.reverse() }
        return try await self.page(page, of: size, numbers)
    }

    private func page<Object: RegistryObject>(
        _ page: Int, of size: Int, _ numbers: [Int32]
    ) async throws(StorageError) -> NumberedPage<Object> {
        let size = min(max(size, 1), PageRequest.limitMax)
        let (start, overflow) = max(page, 0).multipliedReportingOverflow(by: size)
        let part = overflow ? [] : numbers.dropFirst(start).prefix(size)
        var result = NumberedPage<Object>(elements: [], total: numbers.count)
        for number in part {
            guard let number = ObjectNumber<Object>(Int(number)) else { continue }
            if let object = try await object(number) { result.elements.append(object) }
        }
        return result
    }

    /// `note` is told of the objects, where those are looked at.
    private func numbers<Filter: ObjectFilter>(
        _ filter: Filter, of account: String, _ note: (Filter.Object) -> Void = { _ in }
    ) async throws(StorageError) -> [Int32] {
        let index = filter.index(of: account)
        var range = RecordRange(prefix: index.prefix)
        var numbers: [Int32] = []
        while numbers.count < Self.numberedMax {
            let found = try await store.records(in: range, limit: chunkMax)
            if filter.looksAtObjects {
                for (key, object) in try await objects(at: found, as: Filter.Object.self)
                where try await isWanted(object, at: key, by: filter) {
                    numbers.append(Int32(object.number.value))
                    note(object)
                }
            } else {
                numbers += found.compactMap {
                    ObjectNumber<Filter.Object>(indexed: $0.value).map { Int32($0.value) }
                }
            }
            guard found.count == chunkMax, let last = found.last?.key, index.contains(last) else {
                break
            }
            range.after = last
        }
        return Array(numbers.prefix(Self.numberedMax))
    }
}
