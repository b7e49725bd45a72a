// SPDX-License-Identifier: Apache-2.0
import Foundation
import Storage
import Synchronization

/// Copies of a rig's folder before and after each commit: what a process that is killed there leaves.
final class CrashAlbum: Sendable {
    private struct State {
        var folder: String?
        var images: [String] = []
        /// Commits until the one that fails.
        var failing: Int?
        var isFull = false
    }

    private let state = Mutex(State())

    /// Begins to take them.
    func open(_ folder: String) { state.withLock { $0.folder = folder } }

    /// Ends it; answers the folders, in their order.
    func close() -> [String] {
        state.withLock { state in
            state.folder = nil
            return state.images
        }
    }

    /// Has the commit after `count` others fail, and no other one.
    func failCommit(after count: Int) { state.withLock { $0.failing = count } }

    /// Has every commit fail, as on a disk that is full.
    func fill(_ isFull: Bool = true) { state.withLock { $0.isFull = isFull } }

    /// Whether that commit was never made; it is not waited for any longer.
    func endFailing() -> Bool {
        state.withLock { state in
            defer { state.failing = nil }
            return state.failing != nil
        }
    }

    fileprivate func isToFail() -> Bool {
        state.withLock { state in
            guard !state.isFull else { return true }
            guard let failing = state.failing else { return false }
            state.failing = failing == 0 ? nil : failing - 1
            return failing == 0
        }
    }

    fileprivate func take() {
        let paths = state.withLock { state -> (from: String, to: String)? in
            guard let folder = state.folder else { return nil }
            let image = "\(folder)-crash-\(state.images.count)"
            state.images.append(image)
            return (folder, image)
        }
        guard let paths else { return }
        try? FileManager.default.copyItem(atPath: paths.from, toPath: paths.to)
    }
}

/// Records whose every commit is a moment to crash at.
struct CrashingRecords: RecordStore {
    private let records: RecordFiles
    private let album: CrashAlbum

    init(_ records: RecordFiles, _ album: CrashAlbum) {
        self.records = records
        self.album = album
    }

    func records(_ keys: [RecordKey]) async throws(StorageError) -> [Record?] {
        try await records.records(keys)
    }

    func records(in range: RecordRange, limit: Int) async throws(StorageError) -> [Record] {
        try await records.records(in: range, limit: limit)
    }

    func commit(_ transaction: RecordTransaction) async throws(StorageError) -> CommitOutcome {
        if album.isToFail() { throw .closed(path: "records") }
        album.take()
        let outcome = try await records.commit(transaction)
        album.take()
        return outcome
    }

    func changes(under prefix: String) -> AsyncStream<Void> { records.changes(under: prefix) }

    func whileLeading(
        _ name: String, _ body: @escaping @Sendable () async -> Void
    ) async throws(StorageError) {
        try await records.whileLeading(name, body)
    }
}
