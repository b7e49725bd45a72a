// SPDX-License-Identifier: Apache-2.0

/// Where one task of a loop waits until another part of the same loop lets it go on, or a deadline
/// passes. On its loop only.
///
/// Opening it while nobody waits does nothing: whoever waits has asked before whether it has to.
package final class LoopGate {
    private let loop: EventLoop
    private var waiter = Waiter()
    private var deadline = LazyDeadline()

    package init(on loop: EventLoop) {
        self.loop = loop
    }

    // Who waits holds the gate, but the last one to hold it may let go of it elsewhere.
    deinit {
        let deadline = LoopBound(deadline, on: loop)
        guard !loop.isCurrent else { return deadline.value.end() }
        loop.execute { deadline.value.end() }
    }

    /// Suspends until the gate is opened; throws `timedOut` at the deadline.
    package func wait(until moment: Instant?) async throws(StreamError) {
        deadline.moment = moment
        arm()
        let error = await withUnsafeContinuation { waiter.begin($0) }
        if let error { throw error }
    }

    /// Lets the task that waits go on.
    package func open() {
        waiter.end()?.resume(nil)
    }

    private func arm() {
        deadline.arm(on: loop) { [weak self] in
            guard let self else { return }
            guard deadline.isDue(at: loop.now), waiter.isWaiting else {
                if waiter.isWaiting { arm() }
                return
            }
            waiter.end()?.resume(.timedOut)
        }
    }
}
