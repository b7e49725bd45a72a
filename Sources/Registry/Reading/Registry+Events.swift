// SPDX-License-Identifier: Apache-2.0
package import Storage

extension Registry {
    /// The events of an account after `after`, oldest first. `next` is the number of the last event that
    /// was looked at, as text; nil at the end of the log.
    package func events(
        _ filter: EventFilter = EventFilter(), of account: String, after: EventNumber?, limit: Int
    ) async throws(StorageError) -> Page<Event> {
        let limit = PageRequest(limit: limit).limit
        var page = Page<Event>(elements: [], next: nil)
        var range = RecordRange(
            prefix: RecordKey.logPrefix(account), after: after.map { .log(account, $0) })
        var scanned = 0
        while scanned < Self.scanMax {
            let wanted = min(chunkMax, Self.scanMax - scanned)
            let found = try await store.records(in: range, limit: wanted)
            scanned += found.count
            for event in try await events(at: found.filter { filter.mayAccept($0) })
            where filter.accepts(event) {
                page.elements.append(event)
                guard page.elements.count < limit else {
                    let isLast = found.last?.key == .log(account, event.number)
                    page.next = isLast && found.count < wanted ? nil : "\(event.number)"
                    return page
                }
            }
            guard found.count == wanted, let last = found.last?.key else { return page }
            range.after = last
        }
        page.next = range.after.flatMap { Int(lastPartOf: $0) }.map { "\($0)" }
        return page
    }

    /// The last event of an account that has left the log, and with it all before; nil: the log has all.
    ///
    /// To be asked after the events themselves: what is left out of them by then is told.
    package func lastGoneEvent(of account: String) async throws(StorageError) -> EventNumber? {
        let number: Int? = try await value(at: .leftLog(account))
        return number.flatMap { EventNumber($0) }
    }

    /// Yields at least once after each commit with events, of any account.
    package nonisolated func eventsDidAppear() -> AsyncStream<Void> {
        store.changes(under: "\(RecordKey.eventPrefix)/")
    }

    /// Yields at least once after each commit that changes the object of this number.
    package nonisolated func changes<Object: RegistryObject>(
        of number: ObjectNumber<Object>
    ) -> AsyncStream<Void> {
        store.changes(under: RecordKey.object(number).text)
    }

    /// The events that records of an account's log lead to.
    func events(at entries: [Record]) async throws(StorageError) -> [Event] {
        let numbers = entries.compactMap { Int(lastPartOf: $0.key).flatMap { EventNumber($0) } }
        var events: [Event] = []
        // One that the log has dropped between the two reads is left out.
        for record in try await store.records(numbers.map { .event($0) }) {
            if let record { events.append(try record.decoded()) }
        }
        return events
    }
}

extension EventFilter {
    /// By the record in the account's log alone.
    fileprivate func mayAccept(_ record: Record) -> Bool {
        guard !kinds.isEmpty else { return true }
        return Event.Kind(rawValue: String(decoding: record.value, as: UTF8.self))
            .map { kinds.contains($0) } ?? false
    }

    fileprivate func accepts(_ event: Event) -> Bool {
        (subject == nil || event.subject.kind == subject)
            && (subjectNumber == nil || event.subject.number == subjectNumber)
            && (requestID == nil || event.requestID == requestID)
    }
}
