// SPDX-License-Identifier: Apache-2.0

/// Who waits for a descriptor, a task or a call; at most one a direction.
struct Waiter {
    fileprivate enum Waiting {
        case task(UnsafeContinuation<StreamError?, Never>)
        case call((StreamError?) -> Void)
    }

    private var waiting: Waiting?

    var isWaiting: Bool { waiting != nil }

    mutating func begin(_ continuation: UnsafeContinuation<StreamError?, Never>) {
        begin(.task(continuation))
    }

    mutating func begin(_ call: @escaping (StreamError?) -> Void) {
        begin(.call(call))
    }

    /// Ends the wait, and answers what the loop is to do about it: the call of one who has no task may
    /// come back here.
    mutating func end() -> Ended? {
        defer { waiting = nil }
        return waiting.map(Ended.init)
    }

    private mutating func begin(_ waiting: Waiting) {
        precondition(self.waiting == nil, "two tasks wait in one direction of a socket")
        self.waiting = waiting
    }

    /// A wait that is over.
    struct Ended {
        fileprivate let waiting: Waiting

        /// Lets the one who waited go on, with what went wrong if anything did.
        func resume(_ error: StreamError?) {
            switch waiting {
            case .task(let continuation): continuation.resume(returning: error)
            case .call(let call): call(error)
            }
        }
    }
}
