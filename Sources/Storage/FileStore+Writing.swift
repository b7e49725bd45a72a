// SPDX-License-Identifier: Apache-2.0
import Networking

/// One call of `write` on its way: the complete new directory, then in the old one's place.
final class Replacement {
    typealias Outcome = Result<StorageVersion, StorageError>

    let key: StorageKey
    let files: [StoredFile]
    /// The directory's name under `.staging`.
    let stage = FileStore.randomName()
    private let continuation: CheckedContinuation<Outcome, Never>

    init(
        _ key: StorageKey, _ files: [StoredFile],
        _ continuation: CheckedContinuation<Outcome, Never>
    ) {
        self.key = key
        self.files = files
        self.continuation = continuation
    }

    func end(_ outcome: Outcome) {
        continuation.resume(returning: outcome)
    }
}

extension FileStore {
    /// Carries out the writes that wait, step by step for all of them: the disk brings many files
    /// down in one go where each file alone would wait for a go of its own. One that fails drops
    /// out, and the others are none the worse.
    func writeWaiting() {
        var batch = takeBatch()
        if !waiting.isEmpty { writeSoon() }

        each(&batch, stage)
        each(&batch, synchronize)
        each(&batch, putInPlace)
        synchronizeCollections(of: &batch)
        for replacement in batch {
            try? staging.removeTree(replacement.stage)
            replacement.end(currentVersion(of: replacement.key))
        }
    }

    /// Writes carried out together.
    private static var batchMax: Int { 128 }

    func writeSoon() {
        loop.execute { self.assumeIsolated { $0.writeWaiting() } }
    }

    /// The next writes, each to another key: the second to one key carries over what the first has
    /// written.
    private func takeBatch() -> [Replacement] {
        var keys: Set<StorageKey> = []
        var batch: [Replacement] = []
        var later: [Replacement] = []
        for replacement in waiting {
            if batch.count < Self.batchMax, keys.insert(replacement.key).inserted {
                batch.append(replacement)
            } else {
                later.append(replacement)
            }
        }
        waiting = later
        return batch
    }

    private func each(
        _ batch: inout [Replacement], _ step: (Replacement) throws(StorageError) -> Void
    ) {
        batch.removeAll { replacement in
            do throws(StorageError) {
                try step(replacement)
                return false
            } catch {
                try? staging.removeTree(replacement.stage)
                replacement.end(.failure(error))
                return true
            }
        }
    }

    // MARK: The steps

    private func stage(_ replacement: Replacement) throws(StorageError) {
        let fresh = try fileWork { () throws(SystemError) in
            try staging.makeDirectory(replacement.stage)
            let fresh = try staging.directory(replacement.stage)
            for file in replacement.files {
                try fresh.create(file.name, mode: FileMode(file.access), contents: file.contents)
            }
            return fresh
        }
        try carryOver(from: replacement.key, to: fresh)
    }

    /// Gives the files of the old directory that are not replaced a name in the new one.
    private func carryOver(
        from key: StorageKey, to fresh: borrowing Directory
    ) throws(StorageError) {
        guard let old = try directory(of: key) else { return }
        for name in try fileWork({ () throws(SystemError) in try old.names() }) {
            let holdsDirectory = try fileWork { () throws(SystemError) in
                if try fresh.linkStatus(of: name) != nil { return false }
                if try old.linkStatus(of: name)?.kind == .directory { return true }
                try old.link(name, to: fresh, as: name)
                return false
            }
            if holdsDirectory { throw .holdsDirectory(path: "\(old.path)/\(name)") }
        }
    }

    private func synchronize(_ replacement: Replacement) throws(StorageError) {
        try fileWork { () throws(SystemError) in
            let fresh = try staging.directory(replacement.stage)
            for file in replacement.files { try fresh.synchronize(file.name) }
            try fresh.synchronize()
        }
    }

    private func putInPlace(_ replacement: Replacement) throws(StorageError) {
        let key = replacement.key
        let replaces = try directory(of: key) != nil
        try fileWork { () throws(SystemError) in
            if try root.status(of: key.collection) == nil {
                try root.makeDirectory(key.collection)
                try root.synchronize()
            }
            let collection = try root.directory(key.collection)
            if replaces {
                try staging.exchange(replacement.stage, with: key.name, in: collection)
            } else {
                try staging.rename(replacement.stage, to: collection, as: key.name)
            }
        }
    }

    private func synchronizeCollections(of batch: inout [Replacement]) {
        for collection in Set(batch.map(\.key.collection)) {
            do throws(StorageError) {
                try fileWork { () throws(SystemError) in
                    try root.directory(collection).synchronize()
                }
            } catch {
                each(&batch) { replacement throws(StorageError) in
                    if replacement.key.collection == collection { throw error }
                }
            }
        }
    }

    private func currentVersion(of key: StorageKey) -> Replacement.Outcome {
        do throws(StorageError) {
            guard let written = try directory(of: key) else { return .success(StorageVersion(0)) }
            return .success(try version(of: written))
        } catch {
            return .failure(error)
        }
    }
}

extension FileMode {
    init(_ access: StoredFile.Access) {
        switch access {
        case .shared: self = .shared
        case .secret: self = .secret
        }
    }
}
