// SPDX-License-Identifier: Apache-2.0
import Synchronization

/// One piece of work for a loop.
enum LoopWork {
    /// A step of a task that prefers this loop.
    case task(UnownedJob)
    /// A step of an actor that lives on this loop.
    case actor(UnownedJob)
    case message(@Sendable () -> Void)
}

/// Where other threads leave work for a loop. The lock is held for one append or one exchange.
final class LoopInbox: Sendable {
    private let waiting = Mutex<[LoopWork]>([])

    /// Adds work; true when the inbox was empty, so that the loop has to be woken.
    func add(_ work: sending LoopWork) -> Bool {
        waiting.withLock { waiting in
            waiting.append(work)
            return waiting.count == 1
        }
    }

    /// Exchanges what waits for an empty array (the one given keeps its memory in use).
    func take(into batch: inout [LoopWork]) {
        waiting.withLock { swap(&$0, &batch) }
    }
}
