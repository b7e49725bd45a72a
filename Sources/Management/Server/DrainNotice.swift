// SPDX-License-Identifier: Apache-2.0
import Networking
import Synchronization

/// Tells requests that only wait that their listener drains, so that they are answered at once.
package final class DrainNotice: Sendable {
    private struct State {
        var isGiven = false
        /// No more than requests are answered at once.
        var waiting: [Int: AsyncStream<Never>.Continuation] = [:]
        var last = 0
    }

    private let state = Mutex(State())

    package init() {}

    package var isGiven: Bool { state.withLock { $0.isGiven } }

    package func give() {
        let waiting = state.withLock { state in
            state.isGiven = true
            let waiting = state.waiting.values.map(\.self)
            state.waiting = [:]
            return waiting
        }
        for continuation in waiting { continuation.finish() }
    }

    /// Returns when the notice is given, or the task is cancelled.
    package func wait() async {
        let (end, continuation) = AsyncStream<Never>.makeStream()
        let number = state.withLock { state -> Int? in
            guard !state.isGiven else { return nil }
            state.last += 1
            state.waiting[state.last] = continuation
            return state.last
        }
        guard let number else { return }
        for await _ in end {}
        state.withLock { $0.waiting[number] = nil }
    }

    /// Returns at the next of `signs`, when the notice is given, or when the time is over on `loop`.
    func wait(
        orFor signs: AsyncStream<Void>, within time: Duration, on loop: EventLoop
    ) async {
        await withTaskGroup(of: Void.self) { group in
            group.addTask { for await _ in signs { break } }
            group.addTask { await self.wait() }
            group.addTask { try? await loop.sleep(for: time) }
            await group.next()
            group.cancelAll()
        }
    }
}
