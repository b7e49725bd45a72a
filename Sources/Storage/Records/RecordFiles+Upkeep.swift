// SPDX-License-Identifier: Apache-2.0
import Networking

/// Whether the store works on its tables.
enum Upkeep {
    case none
    /// In the loop's next round.
    case soon
    /// A step has failed; until the timer.
    case pausing(Timer)
    case closed
}

/// Tables that become one.
struct TableMerge {
    let build: TableBuild
    /// Their numbers.
    let inputs: Set<Int>
}

extension RecordFiles {
    /// After a step that failed: a full disk, mostly. A commit that needs it tries at once.
    static var pauseAfterFailure: Duration { .seconds(10) }
    /// Tables that become one at a time, each with a block in memory.
    private static var mergeMax: Int { 16 }

    // MARK: Freezing

    /// Makes room for the next commits when the table in memory is full.
    func makeRoom() throws(StorageError) {
        guard memory.bytes >= limits.memoryBytes || journal.size >= limits.journalBytes else {
            return
        }
        // The disk is slower than the writers: they wait for it, or memory would grow.
        while frozen != nil { try stepFlush() }
        while tables.count >= limits.tables, try stepMerge() {}
        try freeze()
        upkeepSoon()
    }

    private func freeze() throws(StorageError) {
        try journal.settle()
        let next = try Journal(creating: takeFileNumber(), in: directory)
        do {
            try fileWork { () throws(SystemError) in try directory.synchronize() }
        } catch {
            try? directory.remove(Journal.name(next.number))
            throw error
        }
        frozen = memory
        memory = MemoryTable()
        journal = next
    }

    private func takeFileNumber() -> Int {
        defer { nextFile += 1 }
        return nextFile
    }

    // MARK: Turns

    func upkeepSoon() {
        guard case .none = upkeep else { return }
        upkeep = .soon
        // Not `self`: upkeep alone is no reason to live.
        loop.execute { [weak self] in self?.assumeIsolated { $0.takeUpkeepTurn() } }
    }

    private func takeUpkeepTurn() {
        guard case .soon = upkeep else { return }
        upkeep = .none
        do throws(StorageError) {
            if frozen != nil {
                try stepFlush()
                upkeepSoon()
            } else if try stepMerge() {
                upkeepSoon()
            }
        } catch {
            if !isUpkeepFailing { upkeepDidFail(error) }
            isUpkeepFailing = true
            let timer = loop.schedule(after: Self.pauseAfterFailure) { [weak self] in
                self?.assumeIsolated { $0.endPause() }
            }
            upkeep = .pausing(timer)
        }
    }

    private func endPause() {
        guard case .pausing = upkeep else { return }
        upkeep = .none
        upkeepSoon()
    }

    // MARK: Flushing

    /// Takes the frozen table a step further to its file.
    private func stepFlush() throws(StorageError) {
        guard let frozen else { return }
        do throws(StorageError) {
            let build = if let flush { flush } else { try beginFlush(of: frozen) }
            flush = build
            guard try build.step(bytes: limits.stepBytes) else { return }
            let table = try finish(build)
            flushedBytes += table?.description.size ?? 0
            try adopt((table.map { [$0] } ?? []) + tables, firstJournal: journal.number)
        } catch {
            // The whole table once more, later.
            if let number = flush?.writer.number { try? directory.remove(SortedTable.name(number)) }
            flush = nil
            throw error
        }
        flush = nil
        self.frozen = nil
        removeObsolete()
    }

    private func beginFlush(of frozen: MemoryTable) throws(StorageError) -> TableBuild {
        let writer = try TableWriter(
            number: takeFileNumber(), blockBytes: limits.blockBytes, in: directory)
        return TableBuild(
            writer, from: [MemoryCursor(frozen, RecordRange(prefix: ""))],
            tables.isEmpty ? .drop : .keep)
    }

    // MARK: Merging

    /// Takes a merge a step further, or begins one. False when there is nothing to merge.
    private func stepMerge() throws(StorageError) -> Bool {
        do throws(StorageError) {
            if merge == nil { merge = try beginMerge() }
            guard let merge else { return false }
            guard try merge.build.step(bytes: limits.stepBytes) else { return true }
            let table = try finish(merge.build)
            try adopt(replacing(merge.inputs, by: table), firstJournal: firstJournal)
        } catch {
            if let number = merge?.build.writer.number {
                try? directory.remove(SortedTable.name(number))
            }
            self.merge = nil
            throw error
        }
        self.merge = nil
        removeObsolete()
        return true
    }

    private func beginMerge() throws(StorageError) -> TableMerge? {
        var count = countToMerge
        if count < 2, tables.count >= limits.tables { count = 2 }
        guard count > 1 else { return nil }
        let inputs = tables.prefix(count)
        if count == tables.count { flushedBytes = 0 }

        var cursors: [any RecordCursor] = []
        for table in inputs {
            cursors.append(try TableCursor(table, RecordRange(prefix: ""), cache: nil))
        }
        let writer = try TableWriter(
            number: takeFileNumber(), blockBytes: limits.blockBytes, in: directory)
        let build = TableBuild(
            writer, from: cursors, inputs.count == tables.count ? .drop : .keep)
        return TableMerge(build: build, inputs: Set(inputs.map(\.description.number)))
    }

    /// How many of the newest tables are to become one: as many as are not larger than those before
    /// them together, so that each record is written once for each doubling and the tables are few;
    /// and all when as much has come as the oldest holds, so that what was removed goes in time.
    private var countToMerge: Int {
        let sizes = tables.prefix(Self.mergeMax).map(\.description.size)
        if let oldest = tables.last?.description.size, flushedBytes >= oldest { return sizes.count }
        var bytes = 0
        return sizes.enumerated().prefix { index, size in
            defer { bytes += size }
            return index == 0 || size <= bytes
        }.count
    }

    private func replacing(_ inputs: Set<Int>, by table: SortedTable?) -> [SortedTable] {
        let isInput = { (table: SortedTable) in inputs.contains(table.description.number) }
        var replaced = tables
        // They are neighbours: what was flushed meanwhile is before them.
        let place = replaced.firstIndex(where: isInput) ?? 0
        replaced.removeAll(where: isInput)
        if let table { replaced.insert(table, at: place) }
        return replaced
    }

    // MARK: Switching

    private func finish(_ build: TableBuild) throws(StorageError) -> SortedTable? {
        guard let description = try build.writer.finish() else { return nil }
        let table = try SortedTable(opening: description, in: directory)
        // The manifest must not name what a crash could make disappear.
        try fileWork { () throws(SystemError) in try directory.synchronize() }
        return table
    }

    /// From here on these are the tables, whenever the process ends.
    private func adopt(_ adopted: [SortedTable], firstJournal first: Int) throws(StorageError) {
        let manifest = Manifest(
            firstJournal: first, revision: lastRevision, tables: adopted.map(\.description))
        try manifest.replace(in: directory)
        tables = adopted
        firstJournal = first
        // A step may work where a whole table does not: a disk that is full has room for the first ones.
        isUpkeepFailing = false
    }

    /// Removes the files that the manifest does not name, once that is on the disk. What fails is
    /// made good by the next that does not.
    private func removeObsolete() {
        do {
            try directory.synchronize()
            let names = try RecordFileSet.Names(in: directory)
            var kept = Set(tables.map(\.description.number))
            if let number = flush?.writer.number { kept.insert(number) }
            if let number = merge?.build.writer.number { kept.insert(number) }
            try names.remove(in: directory, keepingJournals: firstJournal..., tables: kept)
        } catch {}
    }
}
