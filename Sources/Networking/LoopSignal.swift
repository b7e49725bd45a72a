// SPDX-License-Identifier: Apache-2.0

/// One task of a loop waiting for something that another part of the same loop brings about.
///
/// Used on one loop only. A signal given before the wait is kept for it.
package final class LoopSignal {
    private var continuation: UnsafeContinuation<Void, Never>?
    private var isGiven = false

    package init() {}

    /// Lets the waiting task, or the next to wait, go on. Given twice before a wait, it counts once.
    package func give() {
        if let waiting = continuation {
            continuation = nil
            waiting.resume()
        } else {
            isGiven = true
        }
    }

    /// Suspends until the signal is given.
    package func wait() async {
        if isGiven {
            isGiven = false
            return
        }
        await withUnsafeContinuation { continuation = $0 }
    }
}
