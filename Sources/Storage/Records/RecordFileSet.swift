// SPDX-License-Identifier: Apache-2.0
import Networking

/// The files of a store as they are found at its start.
struct RecordFileSet {
    struct Contents {
        var memory = MemoryTable()
        var journal: Journal
        var tables: [SortedTable] = []
        var lastRevision: Revision
    }

    let manifest: Manifest
    /// In the order of the commits.
    let journals: [Int]
    let nextFile: Int

    /// Reads the manifest and removes the files that are not of the store any more, or were not
    /// yet; begins a store where there is none.
    init(in directory: borrowing Directory) throws(StorageError) {
        var names = try Names(in: directory)
        if let manifest = try Manifest(in: directory) {
            self.manifest = manifest
        } else {
            manifest = try Self.begin(in: directory, names)
            names = try Names(in: directory)
        }
        let (first, kept) = (manifest.firstJournal, Set(manifest.tables.map(\.number)))
        journals = names.journals.filter { $0 >= first }.sorted()
        guard journals.first == first else {
            throw .damaged(path: "\(directory.path)/\(Journal.name(first))", "it is missing")
        }
        nextFile = max(names.tables.max() ?? 0, names.journals.max() ?? 0) + 1
        try names.remove(in: directory, keepingJournals: first..., tables: kept)
    }

    private static func begin(
        in directory: borrowing Directory, _ names: Names
    ) throws(StorageError) -> Manifest {
        // A first start that did not get as far as the manifest has left an empty journal at most.
        for number in names.journals {
            let status = try fileWork { () throws(SystemError) in
                try directory.status(of: Journal.name(number))
            }
            guard status?.size == 0 else { throw Self.missing(in: directory) }
        }
        guard names.tables.isEmpty else { throw Self.missing(in: directory) }
        let first = 1 + (names.journals.max() ?? 0)
        let manifest = Manifest(firstJournal: first, revision: Revision(0), tables: [])
        _ = try Journal(creating: first, in: directory)
        try fileWork { () throws(SystemError) in try directory.synchronize() }
        try manifest.replace(in: directory)
        try fileWork { () throws(SystemError) in try directory.synchronize() }
        return manifest
    }

    private static func missing(in directory: borrowing Directory) -> StorageError {
        .damaged(path: "\(directory.path)/\(Manifest.name)", "it is missing")
    }

    func open(in directory: borrowing Directory) throws(StorageError) -> Contents {
        var tables: [SortedTable] = []
        for description in manifest.tables {
            tables.append(try SortedTable(opening: description, in: directory))
        }
        var memory = MemoryTable()
        var revision = manifest.revision
        var last: Journal?
        for number in journals {
            // The one that was written last: those behind it were not come to.
            let tail: Journal.Tail =
                try areEmpty(journals.filter { $0 > number }, in: directory)
                ? .mayBeTorn : .isWhole
            last = try Journal(opening: number, in: directory, tail: tail) { record in
                memory.put(record)
                revision = max(revision, record.revision)
            }
        }
        guard let last else {
            let name = Journal.name(manifest.firstJournal)
            throw .damaged(path: "\(directory.path)/\(name)", "it is missing")
        }
        return Contents(memory: memory, journal: last, tables: tables, lastRevision: revision)
    }

    private func areEmpty(
        _ journals: [Int], in directory: borrowing Directory
    ) throws(StorageError) -> Bool {
        for number in journals {
            let status = try fileWork { () throws(SystemError) in
                try directory.status(of: Journal.name(number))
            }
            guard status?.size == 0 else { return false }
        }
        return true
    }

    /// The numbers in the names of a directory.
    struct Names {
        private(set) var journals: [Int] = []
        private(set) var tables: [Int] = []

        init(in directory: borrowing Directory) throws(StorageError) {
            for name in try fileWork({ () throws(SystemError) in try directory.names() }) {
                let parts = name.split(separator: ".", maxSplits: 1)
                guard parts.count == 2, let number = Int(parts[0]), 0..<(1 << 53) ~= number
                else { continue }
                if name == Journal.name(number) { journals.append(number) }
                if name == SortedTable.name(number) { tables.append(number) }
            }
        }

        func remove(
            in directory: borrowing Directory, keepingJournals: PartialRangeFrom<Int>,
            tables kept: Set<Int>
        ) throws(StorageError) {
            let names =
                journals.filter { !keepingJournals.contains($0) }.map(Journal.name)
                + tables.filter { !kept.contains($0) }.map(SortedTable.name)
            try fileWork { () throws(SystemError) in
                for name in names { try directory.remove(name) }
            }
        }
    }
}
