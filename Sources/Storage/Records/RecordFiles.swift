// SPDX-License-Identifier: Apache-2.0
package import Networking

/// Records in files of one directory, for one process.
///
/// Runs on the loop it is given, which must not carry traffic: every call blocks on the disk.
package actor RecordFiles: RecordStore {
    package nonisolated let loop: EventLoop
    package nonisolated var unownedExecutor: UnownedSerialExecutor {
        unsafe loop.serialExecutor.asUnownedSerialExecutor()
    }

    let directory: Directory
    /// The commits since the journal was begun, as they stand.
    var memory = MemoryTable()
    var journal: Journal
    var lastRevision = Revision(0)
    /// Commits that wait for the disk.
    var waiting: [PendingCommit] = []
    nonisolated let watchers = RecordWatchers()
    /// Held as long as the store lives, so that nobody else writes to the directory.
    private let lock: FileLock

    /// Opens the store in `directory`, creating it (mode 0700). Blocks: for start-up.
    ///
    /// Throws `inUse` when somebody has it, `damaged` when a file is not as it was written.
    package init(directory path: String, on loop: EventLoop) throws(StorageError) {
        let directory = try fileWork { () throws(SystemError) in
            try Directory.make(path)
            return try Directory(path)
        }
        do {
            lock = try FileLock("lock", in: directory)
        } catch {
            switch error {
            case .held(let holder): throw .inUse(root: path, by: holder)
            case .system(let error): throw .system(error)
            }
        }
        var memory = MemoryTable()
        var last = Revision(0)
        let isThere = try fileWork { () throws(SystemError) in
            try directory.status(of: Journal.name(1)) != nil
        }
        if isThere {
            journal = try Journal(opening: 1, in: directory, tail: .mayBeTorn) { record in
                memory.put(record)
                last = max(last, record.revision)
            }
        } else {
            journal = try Journal(creating: 1, in: directory)
            try fileWork { () throws(SystemError) in try directory.synchronize() }
        }
        self.loop = loop
        self.directory = directory
        self.memory = memory
        lastRevision = last
    }

    deinit {
        watchers.finish()
    }

    // MARK: RecordStore

    package func records(_ keys: [RecordKey]) throws(StorageError) -> [Record?] {
        var records: [Record?] = []
        records.reserveCapacity(keys.count)
        for key in keys { records.append(try stored(key)?.record) }
        return records
    }

    package func records(in range: RecordRange, limit: Int) throws(StorageError) -> [Record] {
        guard RecordKey.isText(range.prefix) else { return [] }
        var found: [Record] = []
        var cursor = MemoryCursor(memory, range)
        while found.count < limit, let next = cursor.current, next.key.text.hasPrefix(range.prefix)
        {
            if let record = next.record { found.append(record) }
            cursor.advance()
        }
        return found
    }

    /// Commits that come while the disk is busy are brought to it together: they share its wait.
    package func commit(
        _ transaction: RecordTransaction
    ) async throws(StorageError) -> CommitOutcome {
        try check(transaction)
        return try await withCheckedContinuation { continuation in
            if waiting.isEmpty { commitSoon() }
            waiting.append(PendingCommit(transaction, continuation))
        }.get()
    }

    package nonisolated func changes(under prefix: String) -> AsyncStream<Void> {
        watchers.stream(under: prefix)
    }

    /// There is one writer, and that is us.
    package nonisolated func whileLeading(
        _ name: String, _ body: @escaping @Sendable () async -> Void
    ) async throws(StorageError) {
        await body()
    }

    // MARK: Reading

    func stored(_ key: RecordKey) throws(StorageError) -> StoredRecord? {
        memory[key.text]
    }
}
