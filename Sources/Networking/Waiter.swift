// SPDX-License-Identifier: Apache-2.0

/// A task that waits for a descriptor; at most one a direction.
struct Waiter {
    private var continuation: UnsafeContinuation<StreamError?, Never>?

    var isWaiting: Bool { continuation != nil }

    mutating func begin(_ continuation: UnsafeContinuation<StreamError?, Never>) {
        precondition(self.continuation == nil, "two tasks wait in one direction of a socket")
        self.continuation = continuation
    }

    /// Lets the task go on, with what went wrong if anything did.
    mutating func resume(_ error: StreamError? = nil) {
        guard let waiting = continuation else { return }
        continuation = nil
        waiting.resume(returning: error)
    }
}
