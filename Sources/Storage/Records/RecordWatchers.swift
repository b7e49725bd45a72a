// SPDX-License-Identifier: Apache-2.0
import Synchronization

/// Who wants to hear of changes.
final class RecordWatchers: Sendable {
    private struct Watcher {
        let prefix: String
        let continuation: AsyncStream<Void>.Continuation
    }

    private struct State {
        var watchers: [UInt64: Watcher] = [:]
        var next: UInt64 = 0
        var isFinished = false
    }

    /// Streams at a time; one beyond them ends at once.
    static let watchersMax = 4096

    private let state = Mutex(State())

    func stream(under prefix: String) -> AsyncStream<Void> {
        // One word that something has changed is as good as many.
        let (stream, continuation) = AsyncStream.makeStream(
            of: Void.self, bufferingPolicy: .bufferingNewest(1))
        let id: UInt64? = state.withLock { state in
            guard !state.isFinished, state.watchers.count < Self.watchersMax else { return nil }
            state.next += 1
            state.watchers[state.next] = Watcher(prefix: prefix, continuation: continuation)
            return state.next
        }
        guard let id else {
            continuation.finish()
            return stream
        }
        continuation.onTermination = { [weak self] _ in self?.remove(id) }
        return stream
    }

    private func remove(_ id: UInt64) {
        _ = state.withLock { $0.watchers.removeValue(forKey: id) }
    }

    func tell(of records: [StoredRecord]) {
        let watchers = state.withLock { Array($0.watchers.values) }
        for watcher in watchers
        where records.contains(where: { $0.key.text.hasPrefix(watcher.prefix) }) {
            watcher.continuation.yield()
        }
    }

    func finish() {
        let watchers = state.withLock { state in
            state.isFinished = true
            return Array(state.watchers.values)
        }
        // Outside: each takes the lock to remove itself.
        for watcher in watchers { watcher.continuation.finish() }
    }
}
