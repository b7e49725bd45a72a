// SPDX-License-Identifier: Apache-2.0
package import Networking

/// Records in files of one directory, for one process: a log-structured merge tree.
///
/// A commit goes to the journal and then into a table in memory. When that is full it is frozen,
/// the journal goes on in a new file, and the frozen table is written to a file in the order of the
/// keys. Tables of about one size are merged. The manifest says which files count: whenever the
/// process ends, the next start finds the old set or the new one, and removes what is in neither.
///
/// Memory is bounded whatever the number of records: two tables in memory, and a cache of blocks.
/// Runs on the loop it is given, which must not carry traffic: every call blocks on the disk.
package actor RecordFiles: RecordStore {
    /// The sizes that shape it; small ones are for tests.
    package struct Limits: Sendable {
        /// Of the table in memory, when it is frozen. There may be two.
        package var memoryBytes = 4 << 20
        /// Of the journal, when the table is frozen though it is small: much was written over.
        package var journalBytes = 16 << 20
        /// Of a block of a table, when it is ended.
        package var blockBytes = 8 << 10
        /// Of blocks kept in memory.
        package var cacheBytes = 4 << 20
        /// Of a table on its way, in one turn of the loop.
        package var stepBytes = 128 << 10
        /// Tables; beyond them a commit waits for a merge.
        package var tables = 32
        /// Removals at the front of a range before it is remembered where they end.
        package var removals = 32

        package init() {}
    }

    package nonisolated let loop: EventLoop
    package nonisolated var unownedExecutor: UnownedSerialExecutor {
        unsafe loop.serialExecutor.asUnownedSerialExecutor()
    }

    let directory: Directory
    let limits: Limits
    let cache: BlockCache
    nonisolated let watchers = RecordWatchers()

    /// The newest records.
    var memory = MemoryTable()
    /// What readers of ranges need not walk over again.
    var fronts = RangeFronts()
    /// Records and removals that readers of ranges have met, for whoever watches.
    package private(set) var recordsMet = 0
    /// Takes what comes into `memory`.
    var journal: Journal
    /// Those before, on their way to a table.
    var frozen: MemoryTable?
    /// The newest first.
    var tables: [SortedTable]
    /// The oldest journal that holds what no table does.
    var firstJournal: Int
    var lastRevision: Revision
    /// Commits that wait for the disk.
    var waiting: [PendingCommit] = []

    var upkeep = Upkeep.none
    /// Whether its last step failed.
    var isUpkeepFailing = false
    let upkeepDidFail: @Sendable (StorageError) -> Void
    /// Of the frozen table.
    var flush: TableBuild?
    var merge: TableMerge?
    /// Written to tables since all of them became one.
    var flushedBytes = 0
    /// The number of the next journal or table.
    var nextFile: Int

    /// Held as long as the store lives, so that nobody else writes to the directory.
    private var lock: FileLock?

    /// Opens the store in `directory`, creating it (mode 0700). Blocks: for start-up.
    ///
    /// Throws `inUse` when somebody has it, `damaged` when a file is not as it was written.
    ///
    /// - Parameter upkeepDidFail: told, on `loop`, that what nobody waits for failed; once until it works
    ///   again.
    package init(
        directory path: String, limits: Limits = Limits(), on loop: EventLoop,
        upkeepDidFail: @escaping @Sendable (StorageError) -> Void = { _ in }
    ) throws(StorageError) {
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
        let files = try RecordFileSet(in: directory)
        let contents = try files.open(in: directory)
        self.loop = loop
        self.upkeepDidFail = upkeepDidFail
        self.limits = limits
        self.directory = directory
        cache = BlockCache(bytesMax: limits.cacheBytes)
        memory = contents.memory
        journal = contents.journal
        tables = contents.tables
        firstJournal = files.manifest.firstJournal
        lastRevision = contents.lastRevision
        nextFile = files.nextFile
    }

    deinit {
        watchers.finish()
    }

    /// Ends the store before its last reference goes: later calls throw `closed`.
    package func close() {
        upkeep = .closed
        flush = nil
        merge = nil
        lock = nil
        watchers.finish()
    }

    func checkOpen() throws(StorageError) {
        if case .closed = upkeep { throw .closed(path: directory.path) }
    }

    // MARK: RecordStore

    package func records(_ keys: [RecordKey]) throws(StorageError) -> [Record?] {
        try checkOpen()
        var records: [Record?] = []
        records.reserveCapacity(keys.count)
        for key in keys { records.append(try stored(key)?.record) }
        return records
    }

    package func records(in range: RecordRange, limit: Int) throws(StorageError) -> [Record] {
        try checkOpen()
        guard RecordKey.isText(range.prefix) else { return [] }
        var start = range
        let isFromFront = range.after == nil && range.order == .ascending
        if isFromFront { start.after = fronts.front(of: range.prefix) }
        var merged = try mergedRecords(in: start)
        var found: [Record] = []
        var removed: (count: Int, last: RecordKey?) = (0, nil)
        while found.count < limit, let next = try merged.next(),
            next.key.text.hasPrefix(range.prefix)
        {
            recordsMet += 1
            if let record = next.record {
                found.append(record)
            } else if found.isEmpty {
                removed = (removed.count + 1, next.key)
            }
        }
        if isFromFront, let last = removed.last,
            removed.count >= limits.removals || start.after != nil
        {
            fronts.note(last, of: range.prefix)
        }
        return found
    }

    /// Commits that come while the disk is busy are brought to it together: they share its wait.
    package func commit(
        _ transaction: RecordTransaction
    ) async throws(StorageError) -> CommitOutcome {
        try checkOpen()
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

    /// What stands under `key`: the newest that any table has.
    func stored(_ key: RecordKey) throws(StorageError) -> StoredRecord? {
        if let found = memory[key.text] ?? frozen?[key.text] { return found }
        for table in tables {
            if let found = try table.stored(key.text, cache: cache) { return found }
        }
        return nil
    }

    private func mergedRecords(in range: RecordRange) throws(StorageError) -> MergedRecords {
        var cursors: [any RecordCursor] = [MemoryCursor(memory, range)]
        if let frozen { cursors.append(MemoryCursor(frozen, range)) }
        for table in tables { cursors.append(try TableCursor(table, range, cache: cache)) }
        return MergedRecords(cursors, range.order)
    }
}
