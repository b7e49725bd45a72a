// SPDX-License-Identifier: Apache-2.0

/// The executor of actors that live on a loop.
///
/// Apart from the loop itself, because a task step that runs "on a serial executor" and then calls
/// a nonisolated function is queued once more by the runtime: connections must not pay for that.
package final class LoopSerialExecutor: SerialExecutor {
    private unowned let loop: EventLoop

    init(loop: EventLoop) {
        self.loop = loop
    }

    package func enqueue(_ job: consuming ExecutorJob) {
        loop.enqueue(.actor(UnownedJob(job)))
    }

    package func checkIsolated() {
        loop.preconditionCurrent()
    }

    package func isIsolatingCurrentContext() -> Bool? {
        loop.isCurrent
    }
}
