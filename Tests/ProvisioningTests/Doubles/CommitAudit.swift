// SPDX-License-Identifier: Apache-2.0
import Foundation
import Registry
import Storage
import Synchronization

/// Looks at each commit for changes that nobody is told of, and for events of no request.
final class CommitAudit: Sendable {
    private let findings = Mutex<[String]>([])
    private let commits = Mutex(0)
    private let writes = Mutex(0)

    /// What was wrong, in the order of the commits.
    var silent: [String] { findings.withLock { $0 } }
    /// Commits that changed an object.
    var count: Int { commits.withLock { $0 } }
    /// The most records that one wrote.
    var largest: Int { writes.withLock { $0 } }

    fileprivate func look(at transaction: RecordTransaction) {
        writes.withLock { $0 = max($0, transaction.writes.count) }
        var objects: [String] = []
        var events: [Event] = []
        for (key, value) in transaction.writes {
            if key.text.hasPrefix("object/"), !isStep(key, value) { objects.append(key.text) }
            guard key.text.hasPrefix("event/"), let value else { continue }
            let event = try? JSONDecoder().decode(Event.self, from: Data(value))
            guard let event, !event.requestID.isEmpty else {
                findings.withLock { $0.append("\(key) is of no request") }
                continue
            }
            events.append(event)
        }
        guard !objects.isEmpty else { return }
        commits.withLock { $0 += 1 }
        guard events.isEmpty else { return }
        findings.withLock { $0.append(objects.sorted().joined(separator: ", ")) }
    }

    /// Whether it is an issuance on its way: its beginning, its waiting and its end are told.
    private func isStep(_ key: RecordKey, _ value: [UInt8]?) -> Bool {
        guard key.text.hasPrefix("object/issuance/"), let value,
            let issuance = try? JSONDecoder().decode(Issuance.self, from: Data(value))
        else { return false }
        return issuance.state.isOpen && issuance.generation > 1
    }
}

/// Records whose every commit is audited.
struct AuditedRecords: RecordStore {
    private let records: RecordFiles
    private let audit: CommitAudit

    init(_ records: RecordFiles, _ audit: CommitAudit) {
        self.records = records
        self.audit = audit
    }

    func records(_ keys: [RecordKey]) async throws(StorageError) -> [Record?] {
        try await records.records(keys)
    }

    func records(in range: RecordRange, limit: Int) async throws(StorageError) -> [Record] {
        try await records.records(in: range, limit: limit)
    }

    func commit(_ transaction: RecordTransaction) async throws(StorageError) -> CommitOutcome {
        audit.look(at: transaction)
        return try await records.commit(transaction)
    }

    func changes(under prefix: String) -> AsyncStream<Void> { records.changes(under: prefix) }

    func whileLeading(
        _ name: String, _ body: @escaping @Sendable () async -> Void
    ) async throws(StorageError) {
        try await records.whileLeading(name, body)
    }
}
