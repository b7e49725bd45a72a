// SPDX-License-Identifier: Apache-2.0
package import Networking

/// Storage in directories of the file system: `<root>/<collection>/<name>/<file>`.
///
/// How a group of files is replaced as one: a complete new directory is written under
/// `<root>/.staging`, each file and the directory itself brought to the disk, and then the two
/// directories change places in one system call (`RENAME_EXCHANGE`). Whenever the process ends, a
/// reader finds the old directory or the new one; what is left in `.staging` goes at the next start.
///
/// Runs on the loop it is given, which must not carry traffic: every call blocks on the disk.
package actor FileStore: KeyValueStore {
    /// Bytes of one file; a chain of a few certificates takes under 10 KiB.
    package static let fileBytesMax = 1 << 20

    /// The loop for blocking file work.
    package nonisolated let loop: EventLoop
    package nonisolated var unownedExecutor: UnownedSerialExecutor {
        unsafe loop.serialExecutor.asUnownedSerialExecutor()
    }

    let root: Directory
    let staging: Directory
    /// Writes that wait for the loop's next turn.
    var waiting: [Replacement] = []
    /// Held as long as the store lives, so that no second process writes to the same root.
    private let lock: FileLock

    /// Opens the store at `path`, creating it (mode 0700), and takes its lock. Blocks: for start-up.
    ///
    /// Throws `inUse` when another process has it, `cannotExchange` when the file system is not fit.
    package init(root path: String, on loop: EventLoop) throws(StorageError) {
        let root = try Self.open(path)
        let staging = try fileWork { () throws(SystemError) in
            try root.makeDirectory(Self.stagingName)
            return try root.directory(Self.stagingName)
        }
        do {
            lock = try FileLock(".lock", in: root)
        } catch {
            switch error {
            case .held(let holder): throw .inUse(root: path, by: holder)
            case .system(let error): throw .system(error)
            }
        }
        try fileWork { () throws(SystemError) in
            for leftover in try staging.names() {
                try staging.removeTree(leftover)
            }
        }
        try Self.checkExchange(in: staging, root: path)
        self.loop = loop
        self.root = root
        self.staging = staging
    }

    // MARK: KeyValueStore

    package func read(
        _ names: [String], in key: StorageKey
    ) throws(StorageError) -> StoredFiles? {
        guard let directory = try directory(of: key) else { return nil }
        return try files(names, in: directory, version: version(of: directory))
    }

    package func changes(
        of names: [String], in keys: [StorageKey], since known: [StorageVersion?]
    ) throws(StorageError) -> [StoredChange] {
        var changes: [StoredChange] = []
        changes.reserveCapacity(keys.count)
        for (key, known) in zip(keys, known) {
            changes.append(try change(of: names, in: key, since: known))
        }
        return changes
    }

    private func change(
        of names: [String], in key: StorageKey, since known: StorageVersion?
    ) throws(StorageError) -> StoredChange {
        guard let directory = try directory(of: key) else { return .absent }
        let version = try version(of: directory)
        guard version != known else { return .unchanged }
        do {
            return .files(try files(names, in: directory, version: version))
        } catch {
            return .unreadable(error, version)
        }
    }

    /// Writes that come while the disk is busy are carried out together: they share its waits.
    @discardableResult
    package func write(
        _ files: [StoredFile], in key: StorageKey
    ) async throws(StorageError) -> StorageVersion {
        try await withCheckedContinuation { continuation in
            if waiting.isEmpty { writeSoon() }
            waiting.append(Replacement(key, files, continuation))
        }.get()
    }

    package func remove(_ key: StorageKey) throws(StorageError) {
        guard try directory(of: key) != nil else { return }
        let stage = Self.randomName()
        try fileWork { () throws(SystemError) in
            // Out of sight in one step, so that nobody reads half of what is being removed.
            let collection = try root.directory(key.collection)
            try collection.rename(key.name, to: staging, as: stage)
            try collection.synchronize()
            try staging.removeTree(stage)
        }
    }

    package func keys(in collection: String) throws(StorageError) -> [StorageKey] {
        try fileWork { () throws(SystemError) in
            guard try root.status(of: collection)?.kind == .directory else { return [] }
            let names = try root.directory(collection).names()
            return names.compactMap { StorageKey(collection, $0) }
        }
    }

    package func versions(
        of keys: [StorageKey]
    ) throws(StorageError) -> [StorageVersion?] {
        var versions: [StorageVersion?] = []
        versions.reserveCapacity(keys.count)
        for key in keys {
            guard let directory = try directory(of: key) else {
                versions.append(nil)
                continue
            }
            versions.append(try version(of: directory))
        }
        return versions
    }

    // MARK: Reading

    private func files(
        _ names: [String], in directory: borrowing Directory, version: StorageVersion
    ) throws(StorageError) -> StoredFiles {
        var contents: [String: [UInt8]] = [:]
        for name in names {
            do {
                contents[name] = try directory.contents(of: name, limit: Self.fileBytesMax)
            } catch {
                switch error {
                case .tooLarge(let path, let limit): throw .tooLarge(path: path, limit: limit)
                case .notAFile(let path): throw .notAFile(path: path)
                case .system(let error): throw .system(error)
                }
            }
        }
        return StoredFiles(contents: contents, version: version)
    }

    func directory(of key: StorageKey) throws(StorageError) -> Directory? {
        try fileWork { () throws(SystemError) in
            let path = "\(key.collection)/\(key.name)"
            guard try root.status(of: path)?.kind == .directory else { return nil }
            return try root.directory(path)
        }
    }

    /// Made of what the system keeps for each file; other names in the directory do not matter.
    func version(of directory: borrowing Directory) throws(StorageError) -> StorageVersion {
        var sum: UInt64 = 0
        for name in try fileWork({ () throws(SystemError) in try directory.names() }) {
            guard
                let status = try fileWork({ () throws(SystemError) in
                    try directory.status(of: name)
                }), status.kind == .file
            else { continue }
            var hasher = Hasher()
            hasher.combine(name)
            hasher.combine(status)
            sum &+= UInt64(bitPattern: Int64(hasher.finalize()))
        }
        return StorageVersion(sum)
    }

    // MARK: Opening

    private static func open(_ path: String) throws(StorageError) -> Directory {
        try fileWork { () throws(SystemError) in
            try Directory.make(path)
            return try Directory(path)
        }
    }

    /// Exchanges two empty directories: better to hear now than at the first renewal.
    private static func checkExchange(
        in staging: borrowing Directory, root: String
    ) throws(StorageError) {
        let names = (randomName(), randomName())
        defer {
            try? staging.removeTree(names.0)
            try? staging.removeTree(names.1)
        }
        try fileWork { () throws(SystemError) in
            try staging.makeDirectory(names.0)
            try staging.makeDirectory(names.1)
        }
        do {
            try staging.exchange(names.0, with: names.1, in: staging)
        } catch {
            throw .cannotExchange(root: root, error)
        }
    }

    static func randomName() -> String {
        String(UInt64.random(in: .min ... .max), radix: 36)
    }

    private static let stagingName = ".staging"
}

/// Calls of the system, with their error as one of storage.
func fileWork<R: ~Copyable>(
    _ body: () throws(SystemError) -> R
) throws(StorageError) -> R {
    do {
        return try body()
    } catch {
        throw .system(error)
    }
}
