// SPDX-License-Identifier: Apache-2.0
import Networking

/// One call of `commit` on its way to the disk.
final class PendingCommit {
    typealias Outcome = Result<CommitOutcome, StorageError>

    let transaction: RecordTransaction
    /// The keys and values to write.
    let bytes: Int
    private let continuation: CheckedContinuation<Outcome, Never>

    init(_ transaction: RecordTransaction, _ continuation: CheckedContinuation<Outcome, Never>) {
        self.transaction = transaction
        bytes = transaction.bytes
        self.continuation = continuation
    }

    func end(_ outcome: Outcome) {
        continuation.resume(returning: outcome)
    }
}

extension RecordFiles {
    /// Commits that may wait for the disk.
    package static var waitingMax: Int { 4096 }
    /// Commits, and bytes of them, that are brought to the disk together.
    private static var batchMax: Int { 256 }
    private static var batchBytesMax: Int { 1 << 20 }

    func check(_ transaction: RecordTransaction) throws(StorageError) {
        guard transaction.writes.count <= RecordTransaction.writesMax,
            transaction.bytes <= RecordTransaction.bytesMax
        else { throw .tooMuch(path: directory.path, "a transaction has too many writes") }
        for (key, value) in transaction.writes {
            guard value?.count ?? 0 <= Record.valueBytesMax else {
                throw .tooLarge(path: "\(directory.path): \(key)", limit: Record.valueBytesMax)
            }
        }
        guard waiting.count < Self.waitingMax else {
            throw .tooMuch(path: directory.path, "too many commits wait for the disk")
        }
    }

    func commitSoon() {
        loop.execute { self.assumeIsolated { $0.commitWaiting() } }
    }

    private func commitWaiting() {
        do throws(StorageError) {
            try checkOpen()
        } catch {
            for commit in waiting { commit.end(.failure(error)) }
            return waiting.removeAll()
        }
        let commits = takeBatch()
        if !waiting.isEmpty { commitSoon() }

        var batch = CommitBatch(after: lastRevision)
        let outcomes = commits.map { outcome(of: $0.transaction, in: &batch) }
        do throws(StorageError) {
            if !batch.records.isEmpty {
                try makeRoom()
                try journal.append(batch.bytes)
            }
        } catch {
            // Also what was in conflict: it may have been with one of these.
            for commit in commits { commit.end(.failure(error)) }
            return
        }
        lastRevision = batch.lastRevision
        for record in batch.records {
            memory.put(record)
            if record.value != nil { fronts.put(record.key) }
        }
        watchers.tell(of: batch.records)
        for (commit, outcome) in zip(commits, outcomes) { commit.end(outcome) }
    }

    private func takeBatch() -> [PendingCommit] {
        var bytes = 0
        let batch = waiting.prefix { commit in
            bytes += commit.bytes
            return bytes <= Self.batchBytesMax
        }.prefix(Self.batchMax)
        let count = max(batch.count, 1)
        defer { waiting.removeFirst(min(count, waiting.count)) }
        return Array(waiting.prefix(count))
    }

    private func outcome(
        of transaction: RecordTransaction, in batch: inout CommitBatch
    ) -> PendingCommit.Outcome {
        do throws(StorageError) {
            for (key, expected) in transaction.expectations {
                let found = if let queued = batch.newest[key] { queued } else { try stored(key) }
                guard found?.record?.revision == expected else { return .success(.conflict(key)) }
            }
        } catch {
            return .failure(error)
        }
        return .success(.committed(batch.add(transaction.writes)))
    }
}

/// Commits that go to the disk together: each sees those before it.
private struct CommitBatch {
    private(set) var lastRevision: Revision
    private(set) var records: [StoredRecord] = []
    private(set) var newest: [RecordKey: StoredRecord] = [:]
    private(set) var bytes: [UInt8] = []

    init(after revision: Revision) {
        lastRevision = revision
    }

    mutating func add(_ writes: [RecordKey: [UInt8]?]) -> Revision {
        guard !writes.isEmpty else { return lastRevision }
        lastRevision = Revision(lastRevision.value + 1)
        for (key, value) in writes {
            let record = StoredRecord(key: key, value: value, revision: lastRevision)
            records.append(record)
            newest[key] = record
            bytes.append(record)
        }
        return lastRevision
    }
}

extension RecordTransaction {
    /// Of the keys and values to write.
    package var bytes: Int {
        writes.reduce(0) { $0 + $1.key.text.utf8.count + ($1.value?.count ?? 0) }
    }
}
